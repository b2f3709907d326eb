// One step of OpenPGP.js: reads a request (JSON) on standard input, prints the answer (JSON).
// MIME is made by hand here, as the extensions for browsers that stand on this library do.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const openpgp = createRequire(import.meta.url)(process.argv[2]);
const request = JSON.parse(readFileSync(0, 'utf8'));

const wrapped = (bytes) => Buffer.from(bytes).toString('base64').replace(/.{1,76}/g, '$&\r\n');

function entity({ text, enclosure }) {
  const body = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    + text.replace(/\r?\n/g, '\r\n');
  if (!enclosure) return body;
  const file = encodeURIComponent(enclosure.name);
  return 'Content-Type: multipart/mixed; boundary="---------js"\r\n\r\n-----------js\r\n' + body
    + '\r\n-----------js\r\nContent-Type: application/pdf\r\n'
    + `Content-Disposition: attachment; filename*=utf-8''${file}\r\nContent-Transfer-Encoding: base64\r\n\r\n`
    + wrapped(Buffer.from(enclosure.data, 'base64')) + '-----------js--\r\n';
}

const steps = {
  version: async () => ({ version: openpgp.config.versionString.split(' ').pop().replace(/^v/, '') }),

  async generate({ name, email, options, config }) {
    const date = options.date ? new Date(options.date) : new Date();
    const made = await openpgp.generateKey({
      ...options, date, userIDs: [{ name, email }], format: 'armored', config,
    });
    const certificate = await openpgp.readKey({ armoredKey: made.publicKey, config });
    return { ...made, fingerprint: certificate.getFingerprint().toUpperCase() };
  },

  async seal({ own, theirs, text, enclosure, inline, config }) {
    const signingKeys = await openpgp.readPrivateKey({ armoredKey: own });
    const encryptionKeys = [await openpgp.readKey({ armoredKey: theirs }), signingKeys.toPublic()];
    const content = inline ? text : entity({ text, enclosure });
    const message = await openpgp.createMessage(inline ? { text: content } : { binary: Buffer.from(content) });
    return { armor: await openpgp.encrypt({ message, encryptionKeys, signingKeys, config }) };
  },

  async open({ own, theirs, armor }) {
    const { data, signatures } = await openpgp.decrypt({
      message: await openpgp.readMessage({ armoredMessage: armor }),
      decryptionKeys: await openpgp.readPrivateKey({ armoredKey: own }),
      verificationKeys: await openpgp.readKey({ armoredKey: theirs }),
      format: 'binary',
    });
    const good = signatures.length === 1 && await signatures[0].verified;
    return { entity: Buffer.from(data).toString('base64'), good };
  },
};

try {
  process.stdout.write(JSON.stringify(await steps[process.argv[3]](request)));
} catch (error) {
  process.stderr.write(`${error.message}\n`); // by itself it would print the whole library, which is one line
  process.exitCode = 1;
}
