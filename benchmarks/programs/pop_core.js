// With @alicloud/pop-core and @alicloud/fc2, on Node.js: one call after the other. They know no FC 3.0.
'use strict';

const RPC = require('@alicloud/pop-core');
const FC = require('@alicloud/fc2');

async function main() {
  const task = JSON.parse(require('fs').readFileSync(0, 'utf8'));
  let services = 0;
  let functions = 0;
  for (const target of task.targets) {
    const sts = new RPC({
      accessKeyId: task.access_key_id,
      accessKeySecret: task.access_key_secret,
      endpoint: task.endpoint,
      apiVersion: '2015-04-01',
    });
    const { Credentials: keys } = await sts.request('AssumeRole', {
      RoleArn: target.role_arn,
      RoleSessionName: 'pop-core',
    });
    const fc = new FC(target.account_id, {
      accessKeyID: keys.AccessKeyId,
      accessKeySecret: keys.AccessKeySecret,
      securityToken: keys.SecurityToken,
      region: task.region,
      endpoint: task.endpoint,
    });
    let nextToken;
    do {
      const page = (await fc.listServices({ limit: 100, ...(nextToken && { nextToken }) })).data;
      for (const { serviceName } of page.services) {
        services += 1;
        functions += (await fc.listFunctions(serviceName, { limit: 100 })).data.functions.length;
      }
      nextToken = page.nextToken;
    } while (nextToken);
  }
  console.log(JSON.stringify({ services, functions }));
}

main();
