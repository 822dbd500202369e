// Reads committed messages of one topic, as a downstream system in JavaScript would, and prints each as a line of JSON.
//
//   node read.cjs BOOTSTRAP TOPIC REGISTRY COUNT
//
// Each value is decoded twice: by the registry's usual client, and by avsc alone with the schema as it was fetched.
// It ends when COUNT messages have come and then nothing more for a while, or when too long nothing came at all.
"use strict";
const { SchemaRegistry } = require("@kafkajs/confluent-schema-registry");
const avsc = require("avsc");
const { Kafka, logLevel } = require("kafkajs");

const QUIET = 1500; // milliseconds without a further message, after which there is none
const PATIENCE = 30000; // milliseconds without one while some are still to come
const [bootstrap, topic, address, count] = process.argv.slice(2);
const registry = new SchemaRegistry({ host: address });
const types = new Map();

async function typeOf(id) {
  if (!types.has(id)) {
    const answer = await fetch(`${address}/schemas/ids/${id}`);
    const { schema } = await answer.json();
    types.set(id, avsc.Type.forSchema(JSON.parse(schema)));
  }
  return types.get(id);
}

// Bytes as hexadecimal, and nothing of a class of its own, so that the two readers and any other can be compared.
function plain(value) {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString("hex") };
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

async function told(message, partition) {
  const type = await typeOf(message.value.readInt32BE(1));
  const headers = Object.entries(message.headers).map(([name, value]) => [name, value.toString()]);
  return {
    partition,
    offset: message.offset,
    key: message.key.toString(),
    timestamp: Number(message.timestamp),
    value: message.value.toString("hex"),
    headers: Object.fromEntries(headers),
    byRegistry: plain(await registry.decode(message.value)),
    byAvsc: plain(type.fromBuffer(message.value.subarray(5))),
  };
}

async function read() {
  const kafka = new Kafka({ clientId: "peer", brokers: bootstrap.split(","), logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({ groupId: `peer-${process.pid}-${Date.now()}`, readUncommitted: false, maxWaitTimeInMs: 200 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const lines = [];
  let last = Date.now();
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message, partition }) => {
      lines.push(JSON.stringify(await told(message, partition)));
      last = Date.now();
    },
  });
  const quiet = () => Date.now() - last > (lines.length < Number(count) ? PATIENCE : QUIET);
  while (!quiet()) await new Promise((wake) => setTimeout(wake, 50));
  await consumer.disconnect();
  await new Promise((written) => process.stdout.write(lines.join("\n") + "\n", written)); // a pipe takes its time
}

read().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
