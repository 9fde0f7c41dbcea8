// Judges answers by the schemas of a folder, with ajv: each line of the input is {"schema": NAME, "answer": ANSWER}, each
// line of the output "valid" or what is wrong.
'use strict';
const fs = require('fs');
const net = require('net');
const path = require('path');
const Ajv = require('ajv');

// The schemas name themselves at several depths, which draft-07 takes for other bases.
function strip(value, top) {
  if (Array.isArray(value)) {
    value.forEach((v) => strip(v, false));
  } else if (value && typeof value === 'object') {
    if (!top && typeof value.$id === 'string') delete value.$id;
    Object.values(value).forEach((v) => strip(v, false));
  }
}

const folder = process.argv[2];
const ajv = new Ajv({allErrors: true, unknownFormats: 'ignore', logger: false});
// The formats that are ICANN's own: addresses, names, and the values that stand at IANA (RFC 9083 section 10.2, RFC 8056).
const formats = {
  'ipv4-validation': (text) => net.isIPv4(text),
  'ipv6-validation': (text) => net.isIPv6(text),
  'idn-hostname': (text) => net.isIP(text) === 0 && /^([^.\s]{1,63}\.)+[^.\s]{1,63}$/.test(text),
};
const values = {
  role: 'registrant technical administrative abuse billing registrar reseller sponsor proxy notifications noc',
  linkRelations: 'about alternate glossary help next related self terms-of-service',
};
for (const [name, list] of Object.entries(values)) formats[name] = (text) => list.split(' ').includes(text);
const events = ['registration', 'reregistration', 'last changed', 'expiration', 'deletion', 'reinstantiation', 'transfer',
  'locked', 'unlocked', 'last update of RDAP database', 'registrar expiration', 'enum validation expiration'];
formats.eventAction = (text) => events.includes(text);
formats.status = (text) => /^(active|inactive|associated|validated|locked|removed|obscured|private|proxy|add period|auto renew period|renew period|transfer period|redemption period|pending (create|delete|renew|restore|transfer|update)|(client|server) ((delete|renew|transfer|update) prohibited|hold))$/.test(text);
formats.noticeAndRemark = (text) => /^(result set|object) truncated due to (authorization|excessive load|unexplainable reasons)$/.test(text);
for (const [name, validate] of Object.entries(formats)) ajv.addFormat(name, {validate});

for (const file of fs.readdirSync(folder).filter((f) => f.endsWith('.json'))) {
  const schema = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
  strip(schema, true);
  schema.$id = file;
  ajv.addSchema(schema);
}
for (const line of fs.readFileSync(0, 'utf8').split('\n')) {
  if (line === '') continue;
  const {schema, answer} = JSON.parse(line);
  console.log(ajv.validate(schema, answer) ? 'valid' : ajv.errorsText(ajv.errors));
}
