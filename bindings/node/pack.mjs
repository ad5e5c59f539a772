// Packs what is published, as napi's convention has it: a package of JavaScript, and one for each platform with the module for it.
//
//   node pack.mjs OUT [FOLDER]
//
// FOLDER has the modules that were built, livematch.PLATFORM.node, one or more; this one if it is not said. OUT gets the tarballs.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;
const [out, folder = here] = process.argv.slice(2);
if (!out) throw new Error('node pack.mjs OUT [FOLDER]');
const main = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8'));
const LICENSES = ['LICENSE-MIT', 'LICENSE-APACHE'];

/** The platforms of Rust's targets, as the names of packages have them, with what npm is told of each. */
const SYSTEMS = { linux: 'linux', darwin: 'darwin', windows: 'win32' };
const ARCHES = { x86_64: 'x64', aarch64: 'arm64' };
const platforms = Object.fromEntries(main.napi.targets.map((target) => {
  const [arch, , system, abi] = target.split('-');
  const [os, cpu] = [SYSTEMS[system], ARCHES[arch]];
  const libc = { gnu: 'glibc', musl: 'musl' }[abi];
  return [[os, cpu, abi].filter(Boolean).join('-'), { os: [os], cpu: [cpu], ...(libc && { libc: [libc] }) }];
}));

const staged = mkdtempSync(path.join(tmpdir(), 'livematch-pack-'));

function pack(name, files, manifest) {
  const at = path.join(staged, name);
  mkdirSync(at);
  for (const file of files.filter((one) => existsSync(path.join(here, one)))) cpSync(path.join(here, file), path.join(at, file), { recursive: true });
  writeFileSync(path.join(at, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return at;
}

const publish = (at) => {
  const told = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', path.resolve(out)], { cwd: at, encoding: 'utf8', shell: process.platform === 'win32' });
  const [{ filename, size, unpackedSize }] = JSON.parse(told);
  console.log(`${filename}\t${size} bytes, ${unpackedSize} unpacked`);
};

try {
  mkdirSync(out, { recursive: true });
  const { devDependencies, scripts, '//': _, ...rest } = main;
  const optionalDependencies = Object.fromEntries(Object.keys(platforms).map((platform) => [`${main.name}-${platform}`, main.version]));
  publish(pack(main.name, main.files, { ...rest, optionalDependencies }));
  const built = readdirSync(folder).filter((file) => /^livematch\..*\.node$/.test(file));
  if (built.length === 0) throw new Error(`no module in ${folder}: node build.mjs makes one`);
  for (const file of built) {
    const platform = file.slice('livematch.'.length, -'.node'.length);
    if (!platforms[platform]) throw new Error(`${file} is for none of the platforms of package.json`);
    const { version, license, engines } = main;
    const name = `${main.name}-${platform}`;
    const at = pack(name, LICENSES, { name, version, description: `livematch for ${platform}`, license, engines, ...platforms[platform], main: file, files: [file, ...LICENSES] });
    cpSync(path.join(folder, file), path.join(at, file));
    publish(at);
  }
} finally {
  rmSync(staged, { recursive: true, force: true });
}
