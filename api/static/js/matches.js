// Which words of a passage are words of the question. Knows no element but the mark it makes.

import { el } from "./dom.js";
import { wordsIn } from "./guarded.js";

// Words that stand in questions about anything say nothing about a match.
const COMMON = new Set(
  ("a an and are as at be been by can did do does for from had has have how in into is it its now of on or still that the their then there these this those to was were what when where which who why will with year " +
    "的 了 是 在 吗 呢 这 那 它 哪 哪一年 什么 什么时候 时候 一年 年 还 有 被 和 现在 这座 那座").split(" "),
);

const langOf = (text) => (/\p{Script=Han}/u.test(text) ? "zh" : "en");

/** The part of a word that its forms share: “towers” and “tower”, “completed” and “completing”. */
export function stem(word) {
  const plain = word.normalize("NFKC").toLowerCase();
  return plain.length > 4 ? plain.replace(/(?:ations?|ings?|ions?|ed|es|s|e)$/, "") : plain;
}

/** The text as nodes, the words that the question holds too being marked as such. */
export function withMatches(text, question) {
  if (!question) return [text];
  const asked = new Set(
    wordsIn(question, langOf(question))
      .map(({ segment }) => segment.toLowerCase())
      .filter((word) => !COMMON.has(word) && (word.length > 1 || langOf(word) === "zh"))
      .map(stem),
  );
  const nodes = [];
  let last = 0;
  for (const { segment, index } of wordsIn(text, langOf(text))) {
    if (!asked.has(stem(segment))) continue;
    nodes.push(text.slice(last, index), el("span", { class: "match" }, segment));
    last = index + segment.length;
  }
  return [...nodes, text.slice(last)];
}
