// ioredis against the server at a port. usage: NODE_PATH=node_modules node ioredis.cjs PORT
'use strict';
const assert = require('node:assert/strict');
const Redis = require('ioredis');
const {version} = require('ioredis/package.json');
const port = Number(process.argv[2]);

async function strings(redis) {
  assert.equal(await redis.set('k', 'v', 'EX', 100), 'OK');
  assert.equal(await redis.get('k'), 'v');
  assert.equal(await redis.ttl('k'), 100);
  const bytes = Buffer.from(Array.from({length: 256}, (_, i) => i));
  await redis.set('bytes', bytes);
  assert.deepEqual(await redis.getBuffer('bytes'), bytes);
  await redis.mset(new Map([['a', '1'], ['b', '2']]));
  assert.deepEqual(await redis.mget('a', 'absent', 'b'), ['1', null, '2']);
  assert.equal(await redis.incr('a'), 2);
  await assert.rejects(redis.incr('k'), /value is not an integer or out of range/);
  assert.equal(await redis.getex('k', 'PERSIST'), 'v');
  assert.equal(await redis.pttl('k'), -1);
}

async function pipelines(redis) {
  const pipeline = redis.pipeline();
  for (let i = 0; i < 10000; ++i) pipeline.set(`key:${i}`, i).get(`key:${i}`);
  const replies = await pipeline.exec();
  replies.forEach(([error, reply], i) => {
    assert.equal(error, null);
    assert.equal(reply, i % 2 === 0 ? 'OK' : String((i - 1) / 2));
  });
  assert.deepEqual(await redis.multi().set('t', '1').incr('t').exec(), [[null, 'OK'], [null, 2]]);
  const automatic = new Redis({port, enableAutoPipelining: true});
  const values = await Promise.all(Array.from({length: 1000}, (_, i) => automatic.get(`key:${i}`)));
  values.forEach((value, i) => assert.equal(value, String(i)));
  await automatic.quit();
}

async function scanning(redis) {
  const seen = new Set();
  for await (const keys of redis.scanStream({match: 'key:*', count: 300})) keys.forEach((key) => seen.add(key));
  assert.equal(seen.size, 10000);
}

async function watching(redis) {
  const other = redis.duplicate();
  await redis.watch('watched');
  await other.set('watched', 'by another');
  assert.equal(await redis.multi().set('watched', 'mine').exec(), null);
  await other.quit();
}

async function reconnecting(redis) {
  const other = new Redis({port, db: 2, connectionName: 'killed', retryStrategy: () => 10});
  await other.set('in', 'database 2');
  const gone = new Promise((resolve) => other.once('close', resolve));
  const id = await other.client('ID');
  assert.equal(await redis.client('KILL', 'ID', id), 1);
  await gone;
  assert.equal(await other.get('in'), 'database 2');
  assert.match(await redis.client('LIST'), /name=killed .*db=2 /);
  await other.quit();
}

async function main() {
  // The ready check reads INFO.
  const redis = new Redis({port, enableReadyCheck: true, maxRetriesPerRequest: 0});
  await redis.flushall();
  for (const part of [strings, pipelines, scanning, watching, reconnecting]) await part(redis);
  assert.equal(await redis.quit(), 'OK');
  console.log(`ioredis ${version}: ok`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
