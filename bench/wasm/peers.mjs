// One encoder from npm, under Node: encodes raw RGBA frames in memory a number of
// times and prints as JSON how many seconds each took. Run in the folder of its modules:
//
//   node peers.mjs minih264|x264 FILE WIDTH HEIGHT RATE SPEED|PRESET QP|CRF ROUNDS OUT.mp4
//
// minih264 is h264-mp4-encoder, x264 is @ffmpeg/core (one thread).
import fs from 'fs';
import { createRequire } from 'module';
const require = createRequire(process.cwd() + '/');
const [encoder, file, w, h, rate, speed, q, rounds, out] = process.argv.slice(2);
const width = +w, height = +h, size = width * height * 4;
const [num, den] = rate.split('/'); // 25 or 24000/1001
const rgba = fs.readFileSync(file);

// timed returns the seconds by the clock and of the processor since start.
const timed = (start, cpu) => {
  const { user, system } = process.cpuUsage(cpu);
  return { wall: (performance.now() - start) / 1e3, cpu: (user + system) / 1e6 };
};

async function minih264() {
  const e = await require('h264-mp4-encoder').createH264MP4Encoder();
  Object.assign(e, { width, height, frameRate: num / (den ?? 1), quantizationParameter: +q, speed: +speed, groupOfPictures: 250 });
  e.initialize();
  const start = performance.now(), cpu = process.cpuUsage();
  for (let i = 0; i + size <= rgba.length; i += size) e.addFrameRgba(rgba.subarray(i, i + size));
  e.finalize();
  const took = timed(start, cpu), mp4 = e.FS.readFile(e.outputFilename);
  e.delete();
  return [took, mp4];
}

async function x264() {
  const js = process.cwd() + '/node_modules/@ffmpeg/core/dist/umd/ffmpeg-core.js';
  globalThis.self = globalThis; // as in a worker
  globalThis.location = { href: 'file://' + js };
  const core = await require(js)({ wasmBinary: fs.readFileSync(js.replace(/js$/, 'wasm')), locateFile: f => f });
  core.setLogger(() => { });
  core.FS.writeFile('in.rgba', rgba);
  const start = performance.now(), cpu = process.cpuUsage();
  core.exec('-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', `${width}x${height}`, '-r', rate, '-i', 'in.rgba',
    '-c:v', 'libx264', '-preset', speed, '-crf', q, '-pix_fmt', 'yuv420p', '-y', 'out.mp4');
  return [timed(start, cpu), core.FS.readFile('out.mp4')];
}

const times = [];
let mp4;
for (let i = 0; i < +rounds; i++) {
  const [took, bytes] = await { minih264, x264 }[encoder]();
  times.push(took);
  mp4 = bytes;
}
fs.writeFileSync(out, mp4);
console.log('\n' + JSON.stringify({ wall: times.map(t => t.wall), cpu: times.map(t => t.cpu) }));
process.exit(0);
