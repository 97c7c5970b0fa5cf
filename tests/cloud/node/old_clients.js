// What an existing Node.js program does: assume a role with @alicloud/pop-core, list with @alicloud/fc2. Only the endpoint
// is another one. Prints one JSON object; what is refused is told by its code.
'use strict';

const RPC = require('@alicloud/pop-core');
const FC = require('@alicloud/fc2');
const OSS = require('ali-oss');

const [url, accessKeyId, accessKeySecret] = process.argv.slice(2);
const { ROAClient } = RPC;

async function codeOf(call) {
  try {
    await call();
    return 'no error';
  } catch (error) {
    return error.code;
  }
}

function sts(secret) {
  return new RPC({ accessKeyId, accessKeySecret: secret, endpoint: url, apiVersion: '2015-04-01' });
}

function fc(keys, accountId = '1234567890123456') {
  return new FC(accountId, {
    accessKeyID: keys.AccessKeyId,
    accessKeySecret: keys.AccessKeySecret,
    securityToken: keys.SecurityToken,
    region: 'cn-hangzhou',
    endpoint: url,
  });
}

async function listEverything(client) {
  const found = {};
  let nextToken;
  do {
    const page = (await client.listServices({ limit: 2, ...(nextToken && { nextToken }) })).data;
    for (const { serviceName } of page.services) {
      const { data } = await client.listFunctions(serviceName, { limit: 100 });
      found[serviceName] = data.functions.map(({ functionName }) => functionName);
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return found;
}

async function upload(client) {
  const { credentials, ossBucket, objectName } = (await client.getTempBucketToken()).data;
  const bucket = new OSS({
    endpoint: url,
    accessKeyId: credentials.AccessKeyId,
    accessKeySecret: credentials.AccessKeySecret,
    stsToken: credentials.SecurityToken,
    refreshSTSToken: async () => ({}), // without it, a recommendation on stderr
    refreshSTSTokenInterval: 3600000,
    bucket: ossBucket,
  });
  const name = `${client.accountid}/${objectName}`;
  const put = await bucket.put(name, Buffer.from('zip'));
  return {
    status: put.res.status,
    content: (await bucket.get(name)).content.toString(),
    part: (await bucket.get(name, { headers: { Range: 'bytes=1-' } })).content.toString(),
    size: (await bucket.head(name)).res.headers['content-length'],
    elsewhere: await codeOf(() => bucket.put('elsewhere.zip', Buffer.from('zip'))),
    deleted: (await bucket.delete(name)).res.status,
    gone: await codeOf(() => bucket.get(name)),
  };
}

async function main() {
  const role = { RoleArn: 'acs:ram::1234567890123456:role/fc-admin', RoleSessionName: 'alice', DurationSeconds: 900 };
  const posted = await sts(accessKeySecret).request('AssumeRole', role, { method: 'POST' });
  const got = await sts(accessKeySecret).request('AssumeRole', role, { method: 'GET' });
  const keys = posted.Credentials;
  const roa = new ROAClient({
    accessKeyId: keys.AccessKeyId,
    accessKeySecret: keys.AccessKeySecret,
    securityToken: keys.SecurityToken,
    endpoint: url,
    apiVersion: '2021-04-06',
  });
  return {
    arns: [posted.AssumedRoleUser.Arn, got.AssumedRoleUser.Arn],
    inventory: await listEverything(fc(keys)),
    service: (await fc(keys).getService('billing')).data.serviceName,
    byRoa: (await roa.get('/2021-04-06/services', { limit: '1' }, {})).services[0].serviceName,
    upload: await upload(fc(keys)),
    refusals: {
      'wrong secret, STS': await codeOf(() => sts('wrong').request('GetCallerIdentity', {}, { method: 'POST' })),
      'wrong secret, FC': await codeOf(() => fc({ ...keys, AccessKeySecret: 'wrong' }).listServices()),
      'other token, FC': await codeOf(() => fc({ ...keys, SecurityToken: got.Credentials.SecurityToken }).listServices()),
      'other account, FC': await codeOf(() => fc(keys, '1456789012345678').listServices()),
      'not permitted, FC': await codeOf(() => fc(keys).createService('shop', { description: 'A' })),
      'no such service, FC': await codeOf(() => fc(keys).listFunctions('none')),
    },
  };
}

main().then((found) => console.log(JSON.stringify(found)));
