// ---------------------------------------------------------------- changes: what is different from the last complete states

const FIRST_CHANGES = 20;
const KINDS = { added: ["complete", "+"], removed: ["failed", "−"], changed: ["partial", "≠"] };
const SHOWN_FIELDS = { memory_size: sizedIn("MB"), disk_size: sizedIn("MB"), timeout: sizedIn("s"), cpu: sizedIn("vCPU"), code_size: bytes, created_time: moment, last_modified_time: moment };

function showChanges(retrospect) {
  byId("changes").hidden = !retrospect;
  if (!retrospect) return;
  const { difference, reason } = retrospect;
  byId("changes-line").replaceChildren(difference ? changesLine(difference) : foreign(`What changed could not be told: ${reason}`));
  if (!difference) return;
  const { changes, renamed, unknown } = difference;
  byId("changes-table").replaceChildren(...(changes.length ? changeTables(changes) : []));
  byId("renamed").replaceChildren(...renamed.map((each) => make("li", null, foreign(`Target ${each.old_target} is now ${each.new_target}: ${each.new_role_arn}`))));
  byId("unknown").hidden = unknown.length === 0;
  byId("unknown-line").textContent = `${counted(difference.counts.unknown, "list")} could not be compared`;
  byId("unknown-list").replaceChildren(...unknown.map((each) => make("li", null, foreign(`${each.target}, ${each.region}, ${each.listing}: ${each.reason}`))));
}

function changesLine({ counts, status, compared_with: names }) {
  const parts = ["added", "removed", "changed"].filter((kind) => counts[kind]).map((kind) => `${number(counts[kind])} ${kind}`);
  const seen = counts.baselines ? `${counted(counts.baselines, "list was", "lists were")} read to the end for the first time.` : "";
  const what = parts.length ? `${parts.join(", ")}.` : status === "unchanged" ? "Nothing changed." : counts.unchanged_listings ? "Nothing else changed, as far as is known." : "";
  const since = names.length ? make("span", { class: "quiet" }, ` Compared with ${counted(names.length, "snapshot")}, the latest `, make("code", null, visible(names[names.length - 1])), ".") : null;
  return make("span", null, [what, seen].filter(Boolean).join(" "), since);
}

function changeTables(changes) {
  const table = (part) => named(make("table", { class: "changes" }, make("caption", { class: "unseen" }, "What changed"), make("thead", null, changeHead()), make("tbody", null, ...part.map(changeRow))));
  const left = changes.slice(FIRST_CHANGES);
  const more = left.length ? make("details", null, make("summary", null, `${number(left.length)} more`), table(left)) : null;
  return [table(changes.slice(0, FIRST_CHANGES)), more].filter(Boolean);
}

const changeHead = () => make("tr", null, ...["Change", "What", "Where", "Before and now"].map((title) => make("th", { scope: "col" }, title)));

function changeRow(change) {
  const [status, mark] = KINDS[change.kind];
  const name = [change.service_name, change.function_name].filter((part) => part !== null);
  const what = make("span", null, `${change.item} `, foreign(name.join(" / ")));
  const place = make("span", null, foreign(change.target), " ", make("span", { class: "quiet small" }, visible(change.region)));
  return make("tr", null, make("td", null, make("span", { class: `pill ${status}` }, make("span", { "aria-hidden": "true" }, `${mark} `), change.kind)),
    make("th", { scope: "row" }, what), make("td", null, place), make("td", null, ...change.fields.map(fieldChange)));
}

function fieldChange({ field, old, new: now }) {
  const shown = (value) => (value === null || value === undefined || value === "" ? make("span", { class: "quiet" }, "none") : foreign(fieldValue(field, value)));
  return make("div", null, make("span", { class: "quiet" }, `${field.replaceAll("_", " ")}: `), shown(old), " → ", shown(now));
}

function fieldValue(field, value) {
  if (SHOWN_FIELDS[field]) return SHOWN_FIELDS[field](value);
  if (typeof value === "boolean") return yesNo(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function sizedIn(unit) {
  return (value) => `${number(value)} ${unit}`;
}
