// ---------------------------------------------------------------- coverage: for each account and region, how far each list was read

const MOST_PLACES = 2000; // more are grouped better by the inventory below

function showCoverage(report) {
  const { outcomes } = report;
  const lists = outcomes.flatMap((outcome) => outcome.coverage);
  const extents = ["complete", "rest", "partial", "failed", "not_asked"].map((extent) => [extent, lists.filter((line) => line.extent === extent).length]);
  const words = extents.filter(([, count]) => count).map(([extent, count]) => `${number(count)} ${STATUS_WORDS[extent]}`);
  byId("coverage-line").textContent = `${counted(lists.length, "list")}: ${words.join(", ")}`;
  const fill = () => byId("coverage-table").childElementCount || byId("coverage-table").append(...coverageTable(outcomes));
  byId("coverage").addEventListener("toggle", fill);
}

function coverageTable(outcomes) {
  const apis = [...new Map(outcomes.flatMap((outcome) => outcome.coverage).map((line) => [listName(line), line])).keys()];
  const head = make("tr", null, ...["Account", "Region", ...apis].map((title) => make("th", { scope: "col" }, title[0].toUpperCase() + title.slice(1))));
  const rows = outcomes.slice(0, MOST_PLACES).map((outcome) => coverageRow(outcome, apis));
  const table = make("table", { class: "coverage" }, make("caption", { class: "unseen" }, "How far each list was read"), make("thead", null, head), make("tbody", null, ...rows));
  const left = outcomes.length - rows.length;
  return left > 0 ? [table, make("p", { class: "quiet" }, `${number(left)} more are not shown here; the inventory below has them all.`)] : [table];
}

function coverageRow(outcome, apis) {
  const lines = groupBy(outcome.coverage, listName);
  const account = make("th", { scope: "row" }, foreign(accountName(outcome)), " ", make("span", { class: "quiet small" }, outcome.account_id));
  return make("tr", null, account, make("td", null, foreign(outcome.region)), ...apis.map((api) => make("td", null, ...(lines.get(api) ?? []).map(extent))));
}

function extent(line) {
  return make("span", null, pill(line.extent), " ", make("span", { class: "quiet small" }, visible(extentWords(line))));
}

function extentWords(line) {
  const from = line.first_page > 1 ? ` from page ${number(line.first_page)} on` : ""; // an earlier part has the pages before
  const read = `${counted(line.items, "item")}, ${counted(line.pages, "page")}${from}`;
  const why = line.error?.category.replaceAll("_", " ") ?? line.reason ?? "";
  return line.extent === "complete" || line.extent === "rest" ? read : line.extent === "partial" ? `${read}; ${why}` : why;
}
