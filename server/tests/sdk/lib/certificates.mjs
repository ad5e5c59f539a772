// Certificates of an issuer that nobody knows.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An issuer, and what it has issued to a server on loopback and to a client; files in PEM. */
export async function makeCertificates() {
  const folder = await mkdtemp(`${tmpdir()}/livematch-certificates-`);
  const openssl = (...args) => run('openssl', args, { cwd: folder });
  const key = (name) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
  await openssl('req', '-x509', ...key('ca'), '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Nobody knows', '-addext', 'basicConstraints=critical,CA:TRUE');
  for (const name of ['server', 'client']) {
    await openssl('req', ...key(name), '-out', `${name}.csr`, '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost');
    await openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-copy_extensions', 'copy', '-out', `${name}.pem`);
  }
  const path = (name) => `${folder}/${name}`;
  return {
    ca: path('ca.pem'),
    server: { certificate: path('server.pem'), key: path('server.key') },
    client: { certificate: path('client.pem'), key: path('client.key') },
    remove: () => rm(folder, { recursive: true }),
  };
}
