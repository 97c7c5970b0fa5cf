// ---------------------------------------------------------------- overview: the headline, the numbers, what failed and what was not asked

function showOverview(report) {
  byId("headline").replaceChildren(headline(report));
  document.title = `${headline(report)} – Function Compute inventory`;
  document.documentElement.dataset.status = report.status;
  byId("about").replaceChildren(
    make("time", { datetime: report.generated_at }, moment(report.generated_at)), ` · took ${duration(report.duration_ms)} · request `, make("code", null, report.request_id),
  );
  showRest(report.cursor);
  byId("tiles").replaceChildren(...tiles(report));
  showProblems(problems(report));
  fillList("unasked", "unasked-list", unasked(report));
}

// The rest is a page of its own: a cursor brings its selection. One too long for an address has to be sent by POST.
const LONGEST_CURSOR = 3500; // path and query may have 4 KB

function showRest(cursor) {
  byId("rest").hidden = !cursor;
  byId("go-on").hidden = !cursor || cursor.length > LONGEST_CURSOR || !location.protocol.startsWith("http");
  byId("go-on").setAttribute("href", `?${new URLSearchParams({ cursor: cursor ?? "", format: "html" })}`);
}

function headline({ status, summary }) {
  const places = counted(summary.outcomes, "account and region", "accounts and regions");
  if (status === "complete") return summary.outcomes === 1 ? "Everything was listed" : `Everything was listed in all ${places}`;
  if (status === "failed") return summary.outcomes === 1 ? "Nothing could be listed" : `Nothing could be listed in any of ${places}`;
  if (!summary.partial) return `${number(summary.failed)} of ${places} failed`;
  if (!summary.failed) return `${number(summary.partial)} of ${places} ${summary.partial === 1 ? "is" : "are"} incomplete`;
  return `${number(summary.failed)} failed and ${number(summary.partial)} incomplete of ${places}`;
}

function tiles({ summary, outcomes }) {
  const regions = new Set(outcomes.map((outcome) => outcome.region)).size;
  const accounts = new Set(outcomes.map((outcome) => outcome.account_id)).size;
  const listed = [
    [summary.functions_v2 + summary.functions_v3, "function"], [summary.services, "service"], [accounts, "account"], [regions, "region"],
  ].map(([count, noun]) => tile(count, count === 1 ? noun : `${noun}s`));
  const states = ["complete", "partial", "failed"].filter((status) => summary[status]);
  return [...listed, ...states.map((status) => tile(summary[status], STATUS_WORDS[status], status))];
}

function tile(count, words, status) {
  const mark = status ? make("span", { "aria-hidden": "true", class: "mark" }, `${MARKS[status]} `) : null;
  return make("li", { class: status ?? "" }, make("strong", null, mark, number(count)), " ", make("span", null, words));
}

const FIRST_PROBLEMS = 4;

function showProblems(found) {
  const left = found.slice(FIRST_PROBLEMS);
  fillList("problems", "problem-list", found.slice(0, FIRST_PROBLEMS));
  if (left.length) byId("problems").append(make("details", null, make("summary", null, `${number(left.length)} more`), make("ul", { class: "problems" }, ...left)));
}

function fillList(section, list, items) {
  byId(list).replaceChildren(...items);
  byId(section).hidden = items.length === 0;
}

// One entry for each cause: a target that fails in the same way in ten regions is told once, with its regions.
function problems({ outcomes }) {
  const found = outcomes.flatMap((outcome) =>
    outcome.coverage.filter((line) => line.error).map((line) => ({ outcome, line, error: line.error })));
  const groups = groupBy(found, ({ outcome, error }) => [outcome.target, error.operation, error.category, error.code, error.message].join("\n"));
  const worst = (group) => (group.some(({ outcome }) => outcome.status === "failed") ? 0 : 1);
  return [...groups.values()].sort((one, other) => worst(one) - worst(other)).map(problem);
}

function problem(group) {
  const { outcome, error } = group[0];
  const status = group.some((entry) => entry.outcome.status === "failed") ? "failed" : "partial";
  const regions = [...new Set(group.map((entry) => entry.outcome.region))];
  const lists = [...new Set(group.map(({ line }) => listName(line)))];
  const facts = [
    ["Missing", `${lists.join(", ")} in ${regions.join(", ")}`],
    ["Who can mend it", SIDES[error.side] ?? error.side],
    ["Remedy", error.remedy],
    ["Denied by", [error.denied_by, error.no_permission_type].filter(Boolean).join(", ")],
    ["Request", error.request_id],
  ];
  return make("li", { class: `problem ${status}` },
    make("h3", null, pill(status), " ", foreign(accountName(outcome)), " ", make("span", { class: "quiet small" }, outcome.account_id)),
    make("p", { class: "why" }, make("strong", null, `${error.operation}: ${error.category.replaceAll("_", " ")}`), error.code ? make("code", null, visible(error.code)) : null),
    make("p", { class: "foreign" }, foreign(error.message)),
    factList(facts));
}

function factList(facts) {
  const told = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return make("dl", { class: "facts" }, ...told.flatMap(([name, value]) => [make("dt", null, name), make("dd", null, typeof value === "object" ? value : foreign(value))]));
}

function unasked({ outcomes }) {
  const found = outcomes.flatMap((outcome) =>
    outcome.coverage.filter((line) => line.extent === "not_asked").map((line) => ({ outcome, line, reason: line.reason ?? "no reason was given" })));
  return [...groupBy(found, ({ reason }) => reason)].map(([reason, group]) => {
    const lists = [...new Set(group.map(({ line }) => listName(line)))].join(", ");
    const regions = [...new Set(group.map(({ outcome }) => outcome.region))].join(", ");
    const accounts = counted(new Set(group.map(({ outcome }) => outcome.account_id)).size, "account");
    return make("li", null, make("strong", null, lists), ` in ${regions} (${accounts}): `, foreign(reason));
  });
}
