// ---------------------------------------------------------------- rows: what the table is made of
// A row is a function, a service without functions, or a place (account and region) in which nothing was found or known.

function rowsOf(report) {
  const rows = report.outcomes.flatMap(rowsOfOutcome);
  tieFindings(rows, report.findings);
  const ids = new Map([...groupBy(report.outcomes, accountName)].map(([name, outcomes]) => [name, new Set(outcomes.map((outcome) => outcome.account_id))]));
  rows.forEach((row, index) => {
    row.index = index;
    row.ambiguous = ids.get(row.account).size > 1;
    row.haystack = haystack(row);
  });
  return rows;
}

function rowsOfOutcome(outcome) {
  const services = new Map((outcome.services ?? []).map((service) => [service.service_name, service]));
  const used = new Set();
  const rows = (outcome.functions ?? []).map((item) => {
    used.add(item.service_name);
    return functionRow(outcome, item, services.get(item.service_name));
  });
  for (const [name, service] of services) if (!used.has(name)) rows.push(serviceRow(outcome, service));
  return rows.length ? rows : [placeRow(outcome)];
}

function place(outcome) {
  return { outcome, account: accountName(outcome), accountId: outcome.account_id, region: outcome.region, status: outcome.status };
}

function functionRow(outcome, item, service) {
  return {
    ...place(outcome), kind: "function", item, serviceItem: service, service: item.service_name, name: item.function_name,
    fc: FC[item.fc_version], runtime: item.runtime, memory: item.memory_size, timeout: item.timeout, modified: item.last_modified_time,
  };
}

function serviceRow(outcome, service) {
  const listed = outcome.coverage.some((line) => line.api === "ListFunctions" && line.fc_version === "v2" && line.extent === "complete");
  return {
    ...place(outcome), kind: "service", item: service, serviceItem: service, service: service.service_name, name: null, fc: FC.v2,
    note: listed ? "no functions" : "functions unknown", runtime: null, memory: null, timeout: null, modified: service.last_modified_time,
  };
}

function placeRow(outcome) {
  const note = outcome.status === "complete" ? "nothing there" : "unknown";
  return {
    ...place(outcome), kind: "place", item: null, serviceItem: null, service: null, name: null, fc: null, note,
    runtime: null, memory: null, timeout: null, modified: null,
  };
}

// All that the filter looks at, in lower case. Words are kept apart, so that no word is found across two fields.
function haystack(row) {
  const { outcome, item } = row;
  const words = [
    row.account, row.accountId, outcome.target, row.region, row.service, row.name, row.note, row.fc && `fc${row.fc}`, row.runtime, row.status,
    item?.description, item?.handler, item?.role, row.serviceItem?.description, row.serviceItem?.role, outcome.error?.category, ...row.findings.map(({ rule }) => rule),
    ...Object.entries(outcome.tags ?? {}).flat(), ...Object.entries(item?.tags ?? {}).flat(), ...(item?.environment_variable_names ?? []),
  ];
  return words.filter(Boolean).join("\n").toLowerCase();
}

// The columns of the table: where a value comes from, and how it is shown.
const COLUMNS = [
  { key: "name", title: "Function", cell: nameCell },
  { key: "service", title: "Service", cell: (row) => (row.service ? foreign(row.service) : absent("none")) },
  { key: "account", title: "Account", cell: accountCell },
  { key: "region", title: "Region", cell: (row) => foreign(row.region) },
  { key: "runtime", title: "Runtime", cell: (row) => (row.runtime ? foreign(row.runtime) : absent("none")) },
  { key: "fc", title: "FC", cell: (row) => row.fc ?? absent("none") },
  { key: "memory", title: "Memory", numeric: true, cell: (row) => (row.memory === null ? absent("none") : `${number(row.memory)} MB`) },
  { key: "timeout", title: "Timeout", numeric: true, cell: (row) => (row.timeout === null ? absent("none") : `${number(row.timeout)} s`) },
  { key: "modified", title: "Modified", cell: (row) => (row.modified ? make("time", { datetime: row.modified, title: moment(row.modified) }, day(row.modified)) : absent("none")) },
  { key: "status", title: "Listing", cell: (row) => pill(row.status) },
];

const absent = (words) => make("span", { class: "quiet" }, make("span", { "aria-hidden": "true" }, "–"), make("span", { class: "unseen" }, words));

function nameCell(row) {
  if (row.kind === "place") return make("button", { type: "button", class: "name quiet" }, `${row.note}`);
  if (row.kind === "service") return make("button", { type: "button", class: "name quiet" }, row.note);
  return make("button", { type: "button", class: "name" }, foreign(row.name));
}

// The account's id, too, where two accounts have the same name.
function accountCell(row) {
  return make("span", null, foreign(row.account), row.ambiguous ? make("span", { class: "quiet small" }, ` ${row.accountId}`) : null);
}

// Each column's order, worked out once: rows carry their rank, so that sorting again costs no comparison of texts.
const ranks = new Map();
const COLLATOR = new Intl.Collator("en", { numeric: true });

function ranksOf(rows, key) {
  if (!ranks.has(key)) {
    const compare = (one, other) => (typeof one === "number" ? one - other : COLLATOR.compare(one, other));
    const present = rows.filter((row) => row[key] !== null && row[key] !== undefined);
    present.sort((one, other) => compare(one[key], other[key]) || one.index - other.index);
    const rank = new Map();
    let last = -1;
    present.forEach((row, index) => {
      if (index === 0 || compare(present[index - 1][key], row[key]) !== 0) last += 1;
      rank.set(row, last);
    });
    ranks.set(key, rank);
  }
  return ranks.get(key);
}

// Sort by *key*, "-" before it for descending; what has no value stands last either way, and equals keep the report's order.
function sorted(rows, sort) {
  if (!sort) return rows;
  const sign = sort.startsWith("-") ? -1 : 1;
  const rank = ranksOf(rows, sort.replace("-", ""));
  const place = (row) => rank.get(row) ?? null;
  return [...rows].sort((one, other) => {
    const [first, second] = [place(one), place(other)];
    if (first === null || second === null) return (first === null) - (second === null) || one.index - other.index;
    return sign * (first - second) || one.index - other.index;
  });
}

function matching(rows, filter) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length ? rows.filter((row) => words.every((word) => row.haystack.includes(word))) : rows;
}
