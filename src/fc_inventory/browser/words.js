// ---------------------------------------------------------------- words: from values to text, and from text to elements
// Text from the report reaches the page through make() only, as text nodes and attribute values: never as markup.

const byId = (id) => document.getElementById(id);

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Characters that can't be seen, or that turn the text around them, are shown by their number: a name must not look like
// another one. Joiners (U+200C, U+200D) stay, since scripts and emoji need them.
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

function visible(text) {
  return String(text).replace(INVISIBLE, (c) => `[U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
}

// Foreign text, kept apart from the direction of the text around it.
const foreign = (text, attributes) => make("bdi", attributes, visible(text));

const NUMBER = new Intl.NumberFormat("en");
const number = (value) => NUMBER.format(value);

function counted(count, noun, plural) {
  return `${number(count)} ${count === 1 ? noun : plural ?? `${noun}s`}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// "2026-11-24T13:22:39Z" -> "24 Nov 2026, 13:22 UTC"; what is no time in UTC is shown as it came.
function moment(text) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)(:\d\d(\.\d+)?)?Z$/.exec(text ?? "");
  const month = parts && MONTHS[Number(parts[2]) - 1];
  return month ? `${Number(parts[3])} ${month} ${parts[1]}, ${parts[4]} UTC` : visible(text ?? "");
}

// The day alone, for the table; the time is in the details.
const day = (text) => (/^\d{4}-\d\d-\d\dT/.test(text ?? "") ? text.slice(0, 10) : visible(text ?? ""));

function bytes(size) {
  const steps = [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]];
  const [step, unit] = steps.find(([least]) => size >= least) ?? [1, "bytes"];
  return `${NUMBER.format(Math.round((size / step) * 10) / 10)} ${unit}`;
}

function duration(milliseconds) {
  return milliseconds < 1000 ? `${number(milliseconds)} ms` : `${number(Math.round(milliseconds / 100) / 10)} s`;
}

const SIDES = { account_a: "the customer", account_b: "the owner of this function", cloud: "Alibaba Cloud", network: "the network between" };
const MARKS = { complete: "✓", rest: "✓", partial: "◐", failed: "✕", not_asked: "–" };
const STATUS_WORDS = { complete: "complete", rest: "the rest", partial: "partial", failed: "failed", not_asked: "not asked" };

function pill(status) {
  return make("span", { class: `pill ${status}` }, make("span", { "aria-hidden": "true" }, `${MARKS[status]} `), STATUS_WORDS[status]);
}

// A table that is laid out otherwise on a narrow screen stays one for screen readers when its parts say what they are.
function named(table) {
  const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TR: "row", TD: "cell" };
  for (const part of [table, ...table.querySelectorAll("*")]) {
    const role = part.tagName === "TH" ? (part.scope === "row" ? "rowheader" : "columnheader") : roles[part.tagName];
    if (role) part.setAttribute("role", role);
  }
  return table;
}

const FC = { v2: "2.0", v3: "3.0" };
const listName = (line) => (line.api === "ListServices" ? "services" : `${line.api === "ListFunctions" ? "functions" : line.api} of FC ${FC[line.fc_version]}`);
const accountName = (outcome) => outcome.account_alias || outcome.target;
const sum = (items, value) => items.reduce((total, item) => total + value(item), 0);

function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) {
    const name = key(item);
    if (groups.has(name)) groups.get(name).push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
