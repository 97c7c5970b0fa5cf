// ---------------------------------------------------------------- start: the state in the address, and everything tied together
// The fragment is `#?q=words&sort=-modified&group=runtime`: it can be shared, and never reaches a server.

const KEYS = ["q", "sort", "group"];

function stateOf(hash) {
  const read = new URLSearchParams(hash.startsWith("#?") ? hash.slice(2) : "");
  const state = Object.fromEntries(KEYS.map((key) => [key, read.get(key) ?? ""]));
  if (!COLUMNS.some(({ key }) => key === state.sort.replace("-", ""))) state.sort = "";
  if (!Object.hasOwn(GROUPS, state.group)) state.group = "";
  return state;
}

function hashOf(state) {
  const written = new URLSearchParams(KEYS.filter((key) => state[key]).map((key) => [key, state[key]]));
  return written.size ? `#?${written}` : "";
}

function start({ report, retrospect }) {
  const rows = rowsOf(report);
  const table = new Table(rows, (state) => show(state));
  let writing;

  function show(state) {
    table.show(state);
    if (byId("filter").value !== state.q) byId("filter").value = state.q;
    byId("group").value = state.group;
    clearTimeout(writing); // browsers take only so many changes of the address in a second
    writing = setTimeout(() => history.replaceState(null, "", hashOf(state) || location.pathname + location.search), 200);
  }

  const reset = () => {
    show(stateOf(""));
    byId("filter").focus();
  };
  byId("filter").addEventListener("input", () => show({ ...table.state, q: byId("filter").value }));
  byId("group").addEventListener("change", () => show({ ...table.state, group: byId("group").value }));
  byId("reset").addEventListener("click", reset);
  byId("reset-too").addEventListener("click", reset);
  byId("details-close").addEventListener("click", () => byId("details").close());
  addEventListener("hashchange", () => location.hash.startsWith("#?") && show(stateOf(location.hash)));
  byId("app").addEventListener("click", (event) => {
    const link = event.target.closest("a.to-inventory");
    if (!link) return;
    show(stateOf(link.getAttribute("href")));
    toInventory(event);
  });
  for (const link of document.querySelectorAll('a[href="#inventory"]')) link.addEventListener("click", toInventory);
  tieTheme();
  tieForms();
  showOverview(report);
  showChanges(retrospect);
  showFindings(report);
  showChart(rows);
  showCoverage(report);
  byId("app").hidden = false;
  show(stateOf(location.hash));
}

// Links to the inventory move the focus and leave the address alone, which holds the state.
function toInventory(event) {
  event.preventDefault();
  byId("inventory").focus();
  byId("inventory").scrollIntoView();
}

// Light or dark is the system's choice until the reader makes another, which lasts as long as the page.
function tieTheme() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const label = () => (byId("theme").textContent = isDark() ? "Light" : "Dark");
  byId("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    label();
  });
  system.addEventListener("change", label);
  label();
}

// The same selection in the other forms; a page that was saved has nobody to ask.
function tieForms() {
  for (const form of ["json", "csv"]) {
    const address = new URLSearchParams(location.search);
    address.set("format", form);
    byId(`as-${form}`).setAttribute("href", `?${address}`);
    byId(`as-${form}`).hidden = !location.protocol.startsWith("http");
  }
  byId("forms").hidden = false;
}

start(JSON.parse(byId("report").textContent));
