// ---------------------------------------------------------------- table: filtered, sorted, grouped; rows are made as they come into sight

const FIRST_ROWS = 40; // more than a screen holds, few enough to be laid out between two keys
const MORE_ROWS = 120;
const GROUPS = {
  account: (row) => row.accountId, region: (row) => row.region, service: (row) => (row.service === null ? "" : `${row.accountId}\n${row.region}\n${row.service}`),
  runtime: (row) => row.runtime ?? "", status: (row) => row.status,
};

class Table {
  constructor(rows, changed) {
    this.rows = rows;
    this.changed = changed; // called when the reader sorts
    this.state = { q: "", sort: "", group: "" };
    this.lines = []; // what is to be shown: a row, or { group } that begins one
    this.closed = new Set();
    this.shown = 0;
    this.element = byId("table");
    this.makeHeaders();
    byId("show-more").addEventListener("click", () => this.showMore(MORE_ROWS));
    byId("show-all").addEventListener("click", () => this.showMore(Infinity));
    new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && this.showMore(MORE_ROWS), { rootMargin: "400px" }).observe(byId("more"));
    addEventListener("beforeprint", () => this.showMore(Infinity));
    this.element.addEventListener("click", (event) => this.clicked(event.target.closest("button")));
  }

  makeHeaders() {
    this.headers = COLUMNS.map(({ key, title, numeric }) => make("th", { scope: "col", role: "columnheader", class: numeric ? "number" : null, "aria-sort": "none" },
      make("button", { type: "button", "data-sort": key }, title, make("span", { class: "arrow", "aria-hidden": "true" }))));
    byId("headers").replaceChildren(...this.headers);
  }

  show(state) {
    if (state.group !== this.state.group) this.closed.clear();
    this.state = state;
    this.found = matching(this.sortedRows(), state.q);
    this.showSorting();
    this.showFound();
  }

  sortedRows() {
    if (this.order !== this.state.sort) [this.order, this.inOrder] = [this.state.sort, sorted(this.rows, this.state.sort)];
    return this.inOrder;
  }

  showSorting() {
    const [key, descending] = [this.state.sort.replace("-", ""), this.state.sort.startsWith("-")];
    COLUMNS.forEach((column, index) => this.headers[index].setAttribute("aria-sort", column.key !== key ? "none" : descending ? "descending" : "ascending"));
  }

  showFound() {
    this.lines = this.state.group ? groupedLines(this.found, this.state.group, this.closed) : this.found;
    for (const body of [...this.element.tBodies]) body.remove();
    this.shown = 0;
    this.element.setAttribute("aria-rowcount", this.lines.length + 1);
    this.element.hidden = this.found.length === 0;
    byId("nothing").hidden = this.found.length > 0;
    byId("count").textContent = countOf(this.found, this.rows);
    this.showMore(FIRST_ROWS);
  }

  showMore(count) {
    const bodies = [];
    const until = Math.min(this.shown + count, this.lines.length);
    let body = this.element.tBodies[this.element.tBodies.length - 1];
    for (; this.shown < until; this.shown += 1) {
      const line = this.lines[this.shown];
      if (!body || line.group) bodies.push((body = make("tbody", { role: "rowgroup" })));
      body.append(line.group ? this.groupLine(line) : rowLine(line, this.shown));
    }
    this.element.append(...bodies);
    const left = this.lines.length - this.shown;
    byId("more").hidden = left === 0;
    byId("show-all").textContent = `Show all ${number(this.lines.length)} rows`;
  }

  groupLine({ group, name, rows }) {
    const open = !this.closed.has(group);
    const button = make("button", { type: "button", "aria-expanded": String(open) }, make("span", { class: "twist", "aria-hidden": "true" }), name, " ", make("span", { class: "quiet small" }, partsOf(rows)));
    button.group = group;
    return make("tr", { role: "row", class: "group", "aria-rowindex": this.shown + 2 }, make("th", { scope: "rowgroup", role: "rowheader", colspan: COLUMNS.length }, button));
  }

  clicked(button) {
    if (!button) return;
    if (button.dataset.sort) this.changed({ ...this.state, sort: this.state.sort === button.dataset.sort ? `-${button.dataset.sort}` : button.dataset.sort });
    else if (button.group !== undefined) this.toggle(button.group);
    else if (button.row) showDetails(button.row);
  }

  toggle(group) {
    if (!this.closed.delete(group)) this.closed.add(group);
    const reached = this.shown;
    this.showFound();
    this.showMore(Math.max(reached - this.shown, 0));
    [...this.element.querySelectorAll("tr.group button")].find((button) => button.group === group)?.focus();
  }
}

function rowLine(row, index) {
  const line = make("tr", { role: "row", class: row.status === "complete" ? null : row.status, "aria-rowindex": index + 2 });
  COLUMNS.forEach(({ key, title, numeric, cell }) => {
    const made = make(key === "name" ? "th" : "td", { role: key === "name" ? "rowheader" : "cell", scope: key === "name" ? "row" : null, class: numeric ? "number" : null, "data-title": title, "data-key": key }, cell(row));
    line.append(made);
  });
  line.querySelector("button.name").row = row;
  return line;
}

function groupedLines(rows, group, closed) {
  const lines = [];
  for (const [key, members] of groupBy(rows, GROUPS[group])) {
    lines.push({ group: `${group}\n${key}`, name: groupName(group, members[0]), rows: members });
    if (!closed.has(`${group}\n${key}`)) lines.push(...members);
  }
  return lines;
}

function groupName(group, row) {
  if (group === "account") return make("span", null, foreign(row.account), " ", make("span", { class: "quiet small" }, row.accountId));
  if (group === "status") return pill(row.status);
  const where = group === "service" && row.service !== null ? make("span", { class: "quiet small" }, ` ${row.account}, ${row.region}`) : null;
  return make("span", null, row[group] === null || row[group] === undefined ? `no ${group}` : foreign(row[group]), where);
}

// A service is told apart by its account and region, too.
function partsOf(rows) {
  const functions = sum(rows, (row) => (row.kind === "function" ? 1 : 0));
  const services = new Set(rows.filter((row) => row.service !== null).map(GROUPS.service)).size;
  return [functions && counted(functions, "function"), services && counted(services, "service")].filter(Boolean).join(" · ") || "nothing listed";
}

function countOf(found, rows) {
  const places = counted(new Set(found.map((row) => row.outcome)).size, "account and region", "accounts and regions");
  const which = found.length === rows.length ? "" : ` of ${number(rows.length)}`;
  return `${number(found.length)}${which} ${rows.length === 1 ? "row" : "rows"}: ${partsOf(found)} · ${places}`;
}
