// The form below an answer that proposes to correct its document. A reviewer decides on what is sent.

import { propose } from "./api.js";
import { el } from "./dom.js";
import { t } from "./texts.js";

const KINDS = ["built", "opened", "demolished", "architect", "use", "name"];
const WEB = /^https?:\/\/\S+$/;

/** A form that unfolds; `subject` is what the answer is about, `say(words)` tells what became of it. */
export function correctionForm({ document_id: documentId }, say) {
  const what = el("select", {}, KINDS.map((kind) => el("option", { value: kind }, t(`correct.${kind}`))));
  const [value, evidence, name] = [[300, true], [1000, true], [100, false]].map(([maxlength, required]) => el("input", { maxlength, required, autocomplete: "off" }));
  const labelled = (key, field) => el("label", {}, t(key), field);
  const status = el("p", { role: "status" });
  const send = el("button", { class: "primary", type: "submit" }, t("correct.send"));
  const tell = (words) => say((status.textContent = words));
  const submit = async (event) => {
    event.preventDefault();
    send.disabled = true;
    const said = evidence.value.trim();
    const where = WEB.test(said) ? { link: said } : { evidence: said };
    try {
      await propose({ document_id: documentId, what: what.value, value: value.value, name: name.value, ...where });
      form.reset();
      tell(t("correct.sent"));
    } catch (error) {
      tell(error.detail || t("correct.failed"));
    }
    send.disabled = false;
  };
  const fields = [["correct.what", what], ["correct.value", value], ["correct.evidence", evidence], ["correct.by", name]];
  const form = el("form", { onsubmit: submit }, fields.map(([key, field]) => labelled(key, field)), send, status);
  return el("details", { class: "correct" }, el("summary", {}, t("correct.title")), form);
}
