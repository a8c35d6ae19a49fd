// Numbers of an answer in words: years, confidence, scores. Knows no element.

import { fixed, languageTag } from "./guarded.js";
import { has, language, t } from "./texts.js";

/** -515 → “515 BC” / “公元前515年”; 80 → “AD 80”; 1889 → “1889” / “1889年”. */
export function yearInWords(year) {
  const early = Math.abs(year) < 1000;
  if (language() === "zh") {
    if (year < 0) return `公元前${-year}年`;
    return early ? `公元${year}年` : `${year}年`;
  }
  if (year < 0) return `${-year} BC`;
  return early ? `AD ${year}` : String(year);
}

/** A year as its date in EDTF says it: “about 1932”, “by 1904”. */
export function dateInWords(year, date) {
  let said = yearInWords(year);
  if (typeof date !== "string") return said;
  if (/[~%]/.test(date)) said = t("date.about", { date: said });
  if (/[?%]/.test(date)) said = t("date.perhaps", { date: said });
  if (/^\[?\.\./.test(date)) return t("date.by", { date: said });
  return /\.\.\]?$/.test(date) ? t("date.from", { date: said }) : said;
}

/** Whether a value says nothing but the year: “1931”, “1931年”, “515 BC”. */
export const isYearAlone = (value, year) =>
  year !== null && value.replace(/\b(?:bce?|ce|ad)\b|公元前?|年|[\s.,，。]/giu, "") === String(Math.abs(year));

/** How wide a text is, in letters: a Chinese character takes about two. */
export const widthOf = (text) => Array.from(text).reduce((sum, each) => sum + (/\p{Script=Han}/u.test(each) ? 2 : 1), 0);

export function confidenceInWords(confidence) {
  if (confidence >= 0.8) return t("confidence.high");
  return t(confidence >= 0.5 ? "confidence.middle" : "confidence.low");
}

// As the server guesses: a Chinese character stands for about a word.
const HAN_SHARE = 0.2;

const DIGITS = { bm25: 1, rrf: 3 };
// The photo against the text says least: it is shown where nothing else is known.
const SHOWN = ["rerank", "image", "question_text", "bm25"];

/**
 * The scores worth a word on a card, best explained first: `[{label, help}]`. `best` is the highest
 * of each name in the whole result: alone a number says little, that it is the highest does.
 */
export function scoresInWords(scores, best) {
  const names = Object.keys(scores).filter((name) => Number.isFinite(scores[name]));
  const shown = SHOWN.filter((name) => names.includes(name));
  return (shown.length ? shown : names).map((name) => {
    const value = fixed(scores[name], DIGITS[name] ?? 2);
    const key = has(`score.${name}`) ? `score.${name}` : "score.other";
    const most = scores[name] === best[name] && has(`${key}.best`) ? `${key}.best` : key;
    return { label: t(most, { name, value }), help: t("score.higher", { what: t(`${key}.help`) }) };
  });
}

/** The language to pronounce a text in: as told, else Chinese where it is written so, else unsaid. */
export const languageOf = ({ text, language: told }) => languageTag(told) ?? (/\p{Script=Han}/u.test(text) ? "zh" : null);

/** The language that a question is answered in: Chinese where it is written so; without one, the page's. */
export function languageAsked(question) {
  const letters = question?.match(/\p{L}/gu) ?? [];
  if (!letters.length) return language();
  return letters.filter((each) => /\p{Script=Han}/u.test(each)).length / letters.length >= HAN_SHARE ? "zh" : "en";
}

/** `zh` of `zh-Hant`. */
export const primaryOf = (tag) => tag.split("-")[0].toLowerCase();

/** “Scene at 1:05” of a film's picture; nothing of a photo. */
export function sceneInWords({ seconds }) {
  if (!Number.isFinite(seconds)) return "";
  const whole = Math.floor(seconds);
  return t("evidence.scene", { time: `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}` });
}

export const secondsInWords = (seconds) => fixed(Math.max(seconds, 0.01), seconds < 1 ? 2 : 1);
