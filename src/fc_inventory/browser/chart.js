// ---------------------------------------------------------------- chart: functions by account and runtime

const MOST_BARS = 12;
const MOST_RUNTIMES = 7; // as many colours as can be told apart; the rest is "other"

function showChart(rows) {
  const functions = rows.filter((row) => row.kind === "function");
  const accounts = [...groupBy(functions, (row) => row.accountId).values()].sort((one, other) => other.length - one.length);
  byId("chart").hidden = functions.length === 0;
  if (!functions.length) return;
  const runtimes = [...groupBy(functions, (row) => row.runtime ?? "unknown")].sort((one, other) => other[1].length - one[1].length).map(([runtime]) => runtime);
  const series = runtimes.length > MOST_RUNTIMES + 1 ? [...runtimes.slice(0, MOST_RUNTIMES), null] : runtimes;
  const counts = accounts.map((group) => ({ label: group[0].account, id: group[0].accountId, total: group.length, by: countBy(group, series) }));
  const most = counts[0].total;
  byId("bars").replaceChildren(legend(series), ...counts.slice(0, MOST_BARS).map((account) => bar(account, series, most)), ...rest(counts));
  byId("chart-numbers").append(make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": "Functions by account and runtime, as a table" }, chartTable(counts, series)));
}

function countBy(group, series) {
  const counts = new Array(series.length).fill(0);
  const other = series.indexOf(null);
  for (const row of group) {
    const at = series.indexOf(row.runtime ?? "unknown");
    counts[at === -1 ? other : at] += 1;
  }
  return counts;
}

const seriesName = (runtime) => (runtime === null ? "other" : visible(runtime));
const seriesClass = (series, index) => (series[index] === null ? "colour-other" : `colour-${index + 1}`);

function legend(series) {
  const entries = series.map((runtime, index) => make("li", null, make("span", { class: `swatch ${seriesClass(series, index)}` }), foreign(seriesName(runtime))));
  return make("ul", { class: "legend", "aria-label": "Runtimes" }, ...entries);
}

function bar(account, series, most) {
  const parts = account.by.map((count, index) => ({ count, index })).filter(({ count }) => count);
  const told = parts.map(({ count, index }) => `${seriesName(series[index])} ${number(count)}`).join(", ");
  const segments = parts.map(({ count, index }) => {
    const segment = make("span", { class: seriesClass(series, index), title: `${seriesName(series[index])}: ${number(count)}` });
    segment.style.flexGrow = count; // set by the script, which the policy allows; a style attribute in markup would not be
    return segment;
  });
  const track = make("span", { class: "track", role: "img", "aria-label": `${visible(account.label)}: ${counted(account.total, "function")}: ${told}` }, ...segments);
  track.style.width = `${Math.max((account.total / most) * 100, 0.5)}%`;
  const rail = make("span", { class: "rail" }, track);
  return make("div", { class: "bar" }, make("span", { class: "label" }, foreign(account.label)), rail, make("span", { class: "total" }, number(account.total)));
}

function rest(counts) {
  const left = counts.slice(MOST_BARS);
  return left.length ? [make("p", { class: "quiet" }, `${counted(left.length, "more account")} with ${counted(sum(left, ({ total }) => total), "function")}: see the table.`)] : [];
}

function chartTable(counts, series) {
  const head = make("tr", null, make("th", { scope: "col" }, "Account"), ...series.map((runtime) => make("th", { scope: "col", class: "number" }, foreign(seriesName(runtime)))), make("th", { scope: "col", class: "number" }, "all"));
  const rows = counts.map((account) => make("tr", null, make("th", { scope: "row" }, foreign(account.label), " ", make("span", { class: "quiet small" }, account.id)),
    ...account.by.map((count) => make("td", { class: "number" }, number(count))), make("td", { class: "number" }, number(account.total))));
  return make("table", null, make("caption", { class: "unseen" }, "Functions by account and runtime"), make("thead", null, head), make("tbody", null, ...rows));
}
