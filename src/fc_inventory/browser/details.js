// ---------------------------------------------------------------- details: all that was listed of one row

function showDetails(row) {
  byId("details-title").replaceChildren(row.name ? foreign(row.name) : row.service ? foreign(row.service) : foreign(`${row.account}, ${row.region}`));
  byId("details-list").replaceWith(detailList(row));
  byId("details").showModal();
}

function detailList(row) {
  const list = factList([...placeFacts(row), ...itemFacts(row), ...serviceFacts(row), ...findingFacts(row)]);
  list.id = "details-list";
  return list;
}

function placeFacts({ outcome, account, accountId, region }) {
  return [
    ["Account", `${account} (${accountId})`], ["Target", outcome.target], ["Region", region], ["Listing", pill(outcome.status)],
    ["Why", outcome.error && `${outcome.error.operation}: ${outcome.error.message}`], ["Remedy", outcome.error?.remedy],
    ["Assumed role", outcome.role_arn], ["Session", outcome.role_session_name],
    ["Tags of the target", pairs(outcome.tags)],
  ];
}

function itemFacts({ kind, item, fc }) {
  if (kind !== "function") return [];
  const sized = (value, unit) => (value === null || value === undefined ? null : `${number(value)} ${unit}`);
  return [
    ["Function Compute", fc], ["Description", item.description], ["Runtime", item.runtime], ["Handler", item.handler],
    ["Memory", sized(item.memory_size, "MB")], ["Timeout", sized(item.timeout, "s")], ["CPU", sized(item.cpu, "vCPU")], ["Disk", sized(item.disk_size, "MB")],
    ["Code", item.code_size === null || item.code_size === undefined ? null : bytes(item.code_size)], ["Function's role", item.role], ["Internet access", yesNo(item.internet_access)],
    ["Environment variables", (item.environment_variable_names ?? []).join(", ")], ["Tags", pairs(item.tags)],
    ["Created", item.created_time && moment(item.created_time)], ["Modified", item.last_modified_time && moment(item.last_modified_time)], ["Function id", item.function_id],
  ];
}

function serviceFacts({ serviceItem: service }) {
  if (!service) return [];
  return [
    ["Service", service.service_name], ["Service's description", service.description], ["Service's role", service.role],
    ["Service's internet access", yesNo(service.internet_access)], ["Service created", service.created_time && moment(service.created_time)],
    ["Service modified", service.last_modified_time && moment(service.last_modified_time)],
  ];
}

function findingFacts({ findings }) {
  return findings.map(({ rule, why, remedy }) => [ruleName(rule), `${why} ${remedy}`]);
}

const yesNo = (value) => (value === true ? "yes" : value === false ? "no" : null);
const pairs = (tags) => Object.entries(tags ?? {}).map(([key, value]) => `${key}: ${value}`).join(", ");
