// node-redis against the server at a port, in RESP2 (version 4) and RESP3 (version 5).
// usage: NODE_PATH=node_modules node node_redis.cjs PORT
'use strict';
const assert = require('node:assert/strict');
const port = Number(process.argv[2]);

async function strings(client) {
  assert.equal(await client.set('k', 'v'), 'OK');
  assert.equal(await client.get('k'), 'v');
  assert.equal(await client.get('absent'), null);
  assert.equal(await client.set('k', 'w', {NX: true}), null);
  assert.equal(await client.set('k', 'w', {XX: true, GET: true}), 'v');
  assert.equal(await client.append('k', '\u00e9'), 3);
  assert.equal(await client.getRange('k', 1, -1), '\u00e9');
  await client.mSet({a: '1', b: '2'});
  assert.deepEqual(await client.mGet(['a', 'absent', 'b']), ['1', null, '2']);
  assert.equal(await client.incrBy('n', 41), 41);
  assert.equal(Number(await client.incrByFloat('f', 1.5)), 1.5);
  assert.equal(await client.getDel('n'), '41');
  await assert.rejects(client.incr('k'), /value is not an integer or out of range/);
}

async function keys(client) {
  await client.set('k', 'v', {PX: 100000});
  const left = await client.pTTL('k');
  assert.ok(left > 90000 && left <= 100000);
  const deadline = Date.now() + 500000;
  await client.pExpireAt('k', deadline);
  assert.equal(await client.pExpireTime('k'), deadline);
  await client.persist('k');
  assert.equal(await client.ttl('k'), -1);
  await client.rename('k', 'l');
  assert.equal(await client.exists(['k', 'l']), 1);
  assert.equal(await client.type('l'), 'string');
  assert.equal(await client.del(['l', 'm']), 1);
}

async function pipelinesAndTransactions(client) {
  const writes = [];
  for (let i = 0; i < 10000; ++i) writes.push(client.set(`key:${i}`, `value:${i}`));
  assert.ok((await Promise.all(writes)).every((reply) => reply === 'OK'));
  const reads = [];
  for (let i = 0; i < 10000; ++i) reads.push(client.get(`key:${i}`));
  (await Promise.all(reads)).forEach((value, i) => assert.equal(value, `value:${i}`));
  assert.deepEqual(await client.multi().set('a', '1').incr('a').get('a').exec(), ['OK', 2, '2']);

  const seen = new Set();
  for await (const found of client.scanIterator({MATCH: 'key:*', COUNT: 500})) {
    for (const key of Array.isArray(found) ? found : [found]) seen.add(key);
  }
  assert.equal(seen.size, 10000);
  assert.ok((await client.dbSize()) >= 10000);
}

async function watching(client, other) {
  await client.watch('watched');
  await other.set('watched', 'by another');
  await assert.rejects(client.multi().set('watched', 'mine').exec(), /watch/i);
  assert.equal(await client.get('watched'), 'by another');
}

async function administration(client, protocol) {
  assert.match(await client.info('server'), /redis_version:7\.2\.6/);
  assert.deepEqual({...(await client.configGet('maxmemory-policy'))}, {'maxmemory-policy': 'noeviction'});
  const hello = await client.hello();
  assert.equal(hello.proto, protocol);
  await client.clientSetName('node');
  assert.equal(await client.clientGetName(), 'node');
}

async function run(library, options, protocol) {
  const {createClient} = require(library);
  const {version} = require(`${library}/package.json`);
  const client = createClient({socket: {port, host: '127.0.0.1'}, ...options});
  client.on('error', (error) => { throw error; });
  await client.connect();
  const other = client.duplicate();
  other.on('error', (error) => { throw error; });
  await other.connect();
  await client.flushAll();
  await strings(client);
  await keys(client);
  await pipelinesAndTransactions(client);
  await watching(client, other);
  await administration(client, protocol);
  await client.quit();
  await other.quit();
  console.log(`node-redis ${version}, RESP${protocol}: ok`);
}

async function main() {
  await run('redis4', {}, 2);
  await run('redis', {}, 2);
  await run('redis', {RESP: 3}, 3);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
