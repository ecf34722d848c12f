// Opens sealed values of the store as docs/sealed-format.md describes them, with nothing of account-operator's and no package:
//
//   node open.mjs KEYSET <values
//
// Each line of the input is a JSON object with "associatedData", a text, and "sealed", the column's bytes in base64; each line of the output is
// the value, in base64.
import { createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { argv, stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';

const { concat, from } = Buffer;
const number = (value, size) => { const b = Buffer.alloc(size); b.writeUIntBE(value, 0, size); return b; };
const hmac = (key, ...parts) => createHmac('sha256', key).update(concat(parts)).digest();

// Fields of a protocol buffer by their number; repeated ones do not occur.
function fields(message) {
  const found = {};
  let at = 0;
  const varint = () => { let n = 0; for (let shift = 1; ; shift *= 128) { const b = message[at++]; n += (b & 127) * shift; if (b < 128) return n; } };
  while (at < message.length) {
    const tag = varint();
    if (tag % 8 === 0) found[tag >> 3] = varint();
    else { const size = varint(); found[tag >> 3] = message.subarray(at, at += size); }
  }
  return found;
}

// RFC 9180, base mode: DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, AES-256-GCM 0x0002.
const kem = concat([from('KEM'), number(0x0020, 2)]);
const hpke = concat([from('HPKE'), number(0x0020, 2), number(0x0001, 2), number(0x0002, 2)]);
const none = Buffer.alloc(0);
const extract = (suite, salt, label, input) => hmac(salt, from('HPKE-v1'), suite, from(label), input);
const expand = (suite, secret, label, info, size) =>
  hmac(secret, number(size, 2), from('HPKE-v1'), suite, from(label), info, from([1])).subarray(0, size); // 32 bytes at most, so one block

function openHPKE(pair, info, sealed) {
  const encapsulated = sealed.subarray(0, 32);
  const shared = diffieHellman({
    privateKey: createPrivateKey({ key: concat([from('302e020100300506032b656e04220420', 'hex'), pair.secret]), format: 'der', type: 'pkcs8' }),
    publicKey: createPublicKey({ key: concat([from('302a300506032b656e032100', 'hex'), encapsulated]), format: 'der', type: 'spki' }),
  });
  const decapsulated = expand(kem, extract(kem, none, 'eae_prk', shared), 'shared_secret', concat([encapsulated, pair.public]), 32);
  const context = concat([from([0]), extract(hpke, none, 'psk_id_hash', none), extract(hpke, none, 'info_hash', info)]);
  const secret = extract(hpke, decapsulated, 'secret', none);
  return openGCM(expand(hpke, secret, 'key', context, 32), expand(hpke, secret, 'base_nonce', context, 12), none, sealed.subarray(32));
}

function openGCM(key, nonce, associated, sealed) {
  const cipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(associated).setAuthTag(sealed.subarray(-16));
  return concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
}

const keys = new Map();
for (const { keyId, status, keyData } of JSON.parse(readFileSync(argv[2])).key) {
  const key = fields(from(keyData.value, 'base64'));
  if (status !== 'ENABLED') continue;
  if (keyData.typeUrl.endsWith('.HpkePrivateKey')) keys.set(keyId, { secret: key[3], public: fields(key[2])[3] });
  if (keyData.typeUrl.endsWith('.AesGcmKey')) keys.set(keyId, { symmetric: key[3] });
}

function open(stored, associated) {
  const key = stored[0] === 0x73 && stored[1] === 1 && keys.get(stored.readUInt32BE(2)); // "s", then Tink's prefix
  if (!key) throw new Error('no key of this keyset sealed the value');
  if (key.symmetric) return openGCM(key.symmetric, stored.subarray(6, 18), associated, stored.subarray(18));
  const data = openHPKE(key, from('account-operator/data-key'), stored.subarray(6, 86));
  return openGCM(data, stored.subarray(86, 98), associated, stored.subarray(98));
}

for await (const line of createInterface({ input: stdin })) {
  const { associatedData, sealed } = JSON.parse(line);
  stdout.write(open(from(sealed, 'base64'), from(associatedData)).toString('base64') + '\n');
}
