// ---------------------------------------------------------------- findings: what is worth a look, and where that could not be told

const RULES = {
  http_trigger_anonymous: "Reachable without authentication",
  runtime_deprecated: "Runtime deprecated by Alibaba Cloud",
  runtime_end_of_life: "Runtime at the end of its support",
  role_missing: "Without a role",
  internet_beside_vpc: "Internet access beside a VPC",
  service_without_functions: "Service without functions",
  service_unused: "Not modified for long",
};
const OF_RUNTIMES = ["runtime_deprecated", "runtime_end_of_life"];
const ruleName = (rule) => RULES[rule] ?? rule.replaceAll("_", " ");

function showFindings({ findings, not_evaluated: gaps }) {
  const runtimes = findings.filter(({ rule }) => OF_RUNTIMES.includes(rule));
  const others = findings.filter(({ rule }) => !OF_RUNTIMES.includes(rule));
  byId("findings").hidden = findings.length === 0 && gaps.length === 0;
  const tables = [
    runtimes.length ? findingTable("Runtimes near or past their end", "Runtime", runtimes, ({ evidence }) => String(evidence.runtime), (key) => foreign(key)) : null,
    others.length ? findingTable("Other findings", "What", others, ({ rule }) => rule, (key) => ruleName(key)) : null,
  ];
  byId("finding-tables").replaceChildren(...tables.filter(Boolean));
  if (!findings.length) byId("finding-tables").append(make("p", null, "Nothing was found in what could be examined."));
  byId("gaps").hidden = gaps.length === 0;
  byId("gap-list").replaceChildren(...gapEntries(gaps));
}

// One row for all findings of a kind; its link shows them in the inventory.
function findingTable(caption, first, findings, keyOf, title) {
  const groups = [...groupBy(findings, keyOf).values()].sort((one, other) => other.length - one.length);
  const head = make("tr", null, ...[first, "Why", "What to do", "Where"].map((name) => make("th", { scope: "col" }, name)));
  const rows = groups.map((group) => {
    const { rule, why, remedy, source } = group[0];
    const key = keyOf(group[0]);
    const others = group.some((finding) => finding.why !== why) ? " The others are alike; each one's details tell." : "";
    return make("tr", null, make("th", { scope: "row" }, title(key)), make("td", null, foreign(why), others, " ", sourceLink(source)), make("td", null, foreign(remedy)),
      make("td", null, inventoryLink(key === rule ? rule : `${rule} ${key}`, placesOf(group))));
  });
  return named(make("table", { class: "findings" }, make("caption", null, caption), make("thead", null, head), make("tbody", null, ...rows)));
}

function placesOf(group) {
  const functions = sum(group, (finding) => (finding.function_name === null ? 0 : 1));
  return [functions && counted(functions, "function"), group.length - functions && counted(group.length - functions, "service")].filter(Boolean).join(", ");
}

const inventoryLink = (words, text) => make("a", { href: hashOf({ q: words }), class: "to-inventory" }, text);

// Only addresses of the web become links, whatever a report holds.
function sourceLink(source) {
  return source.startsWith("https://") ? make("a", { href: source, rel: "noreferrer", class: "small", "aria-label": `Source: ${source}` }, "source") : null;
}

function gapEntries(gaps) {
  return [...groupBy(gaps, (gap) => [gap.reason, ...gap.rules].join("\n")).values()].map((group) => {
    const { rules, reason } = group[0];
    const places = group.filter(({ target }) => target).map(({ target, region }) => `${target}, ${region}`);
    const where = places.length > 4 ? counted(places.length, "account and region", "accounts and regions") : places.join("; ");
    return make("li", null, make("strong", null, rules.map(ruleName).join(", ")), ": ", foreign(reason), where ? make("span", { class: "quiet" }, ` (${visible(where)})`) : null);
  });
}

// The findings about each row: those of its function and, in FC 2.0, those of its service.
function tieFindings(rows, findings) {
  const bySubject = groupBy(findings, (finding) => [finding.target, finding.region, finding.service_name ?? "", finding.function_name ?? ""].join("\n"));
  for (const row of rows) {
    const place = [row.outcome.target, row.region];
    const own = row.name === null ? [] : bySubject.get([...place, row.service ?? "", row.name].join("\n")) ?? [];
    const ofService = row.service === null ? [] : bySubject.get([...place, row.service, ""].join("\n")) ?? [];
    row.findings = [...own, ...ofService];
  }
}
