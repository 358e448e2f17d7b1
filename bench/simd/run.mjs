// Assembles calls.wat and kernels.wat, and runs a Go program under Node whose
// imports from "kernels" they serve. Run in the folder of npm's modules:
//
//   node run.mjs FOLDER_OF_WASM_EXEC PROGRAM.wasm
import fs from 'fs';
import path from 'path';
import { createRequire } from 'module';
import { fileURLToPath } from 'url';
const require = createRequire(process.cwd() + '/');
const [support, program] = process.argv.slice(2);
globalThis.require = require;
globalThis.fs = fs;
globalThis.path = path;
require(path.join(support, 'wasm_exec.js'));

const wabt = await require('wabt')();
const here = path.dirname(fileURLToPath(import.meta.url));
const assemble = name => new WebAssembly.Module(
  wabt.parseWat(name, fs.readFileSync(path.join(here, name), 'utf8'), { simd: true }).toBinary({}).buffer);

const go = new Go();
go.exit = process.exit;
const calls = new WebAssembly.Instance(assemble('calls.wat'));
let throughScript; // the same kernel through a function of JavaScript
go.importObject.kernels = { ...calls.exports, sad16Script: (...args) => throughScript(...args) };
const { instance } = await WebAssembly.instantiate(fs.readFileSync(program), go.importObject);
new WebAssembly.Instance(assemble('kernels.wat'), { go: instance.exports, calls: calls.exports });
throughScript = calls.exports.table.get(1);
await go.run(instance);
