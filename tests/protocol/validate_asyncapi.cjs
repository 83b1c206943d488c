// Reads an AsyncAPI document from its input and prints what the official parser has to say of it, as JSON.
const fs = require("fs");
globalThis.self = globalThis.window = globalThis; // it was packed for browsers
const Parser = require("../vendor/asyncapi-parser/index.js");

new Parser().parse(fs.readFileSync(0, "utf8")).then(({ diagnostics }) => {
  const said = diagnostics.map(({ code, message, path }) => ({ code, message, path: path.join("/") }));
  process.stdout.write(JSON.stringify(said));
});
