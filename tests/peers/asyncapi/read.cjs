// Reads the document as AsyncAPI's own parser does, and with nothing but the schemas it finds there decodes entries and
// encodes them again. Takes the document's path, and a line of JSON for each entry on stdin: {"name", "hex"}.
const fs = require("fs");
const avsc = require("avsc");
const { Parser, fromFile } = require("@asyncapi/parser");
const { AvroSchemaParser } = require("@asyncapi/avro-schema-parser");

const PREFIX = 5; // 0x00 and the schema's id
const WARNING = 1;

function original(node) {
  return node["x-parser-original-payload"] ?? original(node.schema);
}

async function main() {
  const parser = new Parser();
  parser.registerSchemaParser(AvroSchemaParser());
  const { document, diagnostics } = await fromFile(parser, process.argv[2]).parse();
  const complaints = diagnostics.filter((each) => each.severity <= WARNING).map((each) => each.message);
  const told = { complaints, channels: {}, decoded: {} };
  if (document) {
    for (const channel of document.channels().all()) {
      const kafka = channel.bindings().get("kafka").value();
      told.channels[channel.address()] = { kafka, messages: channel.messages().all().map((each) => each.name()) };
    }
    const messages = Object.fromEntries(
      document.components().messages().all().map((each) => [each.id(), each.json()]),
    );
    for (const line of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
      const { name, hex } = JSON.parse(line);
      told.decoded[name] = decoded(messages[name], Buffer.from(hex, "hex"));
    }
  }
  process.stdout.write(JSON.stringify(told));
}

function decoded(message, value) {
  if (value.readUInt32BE(1) !== message["x-schema-id"]) return "another schema's id";
  const type = avsc.Type.forSchema(original(message.payload), { noAnonymousTypes: true });
  const body = value.subarray(PREFIX);
  const entry = type.fromBuffer(body); // throws when a byte is left over
  return type.toBuffer(entry).equals(body) ? Object.keys(entry) : "encoded otherwise";
}

main();
