/* Asks a running daemon what no client of good will would, with all roles at once, and looks at each answer.
 *
 *   node hunt.mjs WORLD OPENAPI SCHEMA_FOLDER
 *
 * WORLD is JSON that soak/api.py writes: port, seed, runs, roles (name, tokens, words they must not hear)
 * and what the house knows. Prints one JSON line for each role: how many questions, which operations
 * gave 2xx how often, and each kind of fault once with the question that showed it. */
import fc from 'fast-check';
import fs from 'node:fs';
import path from 'node:path';
import { Answers } from './answers.mjs';
import { Door } from './door.mjs';
import { Shapes, bytesOf, pick } from './shapes.mjs';

const [world, api, folder] = process.argv.slice(2);
const { port, seed, runs, roles, known } = JSON.parse(fs.readFileSync(world));
const description = JSON.parse(fs.readFileSync(api));
const files = Object.fromEntries(fs.readdirSync(folder).filter((name) => name.endsWith('.json'))
  .map((name) => [name, JSON.parse(fs.readFileSync(path.join(folder, name)))]));
const shapes = new Shapes(description, files);
const answers = new Answers(description, files);

const operations = Object.entries(description.paths).flatMap(([at, item]) => ['get', 'post'].filter((method) => item[method])
  .map((method) => ({ path: at, method, name: `${method} ${at}`, ...item[method],
    parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])] })));

/* --- questions --- */

const word = fc.oneof(fc.string({ maxLength: 30 }), fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '..', '%zz', '%00', 'a/../b', 'x'.repeat(200), '-', '.hidden', 'registrar-9001/cases', '🦊'));
const latin = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 40 });
const seldom = (often, arbitrary) => fc.oneof({ weight: 9, arbitrary: often }, { weight: 1, arbitrary });

function question(operation) {
  const query = Object.fromEntries(operation.parameters.filter((one) => one.in === 'query')
    .map((one) => [one.name, seldom(shapes.valid(one.schema), word)]));
  const media = operation.requestBody && Object.entries(operation.requestBody.content)[0];
  return fc.record({
    operation: fc.constant(operation),
    id: seldom(fc.nat(1000), word),
    query: seldom(fc.record(query, { requiredKeys: [] }), fc.dictionary(word, word, { maxKeys: 3 })),
    token: fc.oneof({ weight: 30, arbitrary: fc.constant('own') }, { weight: 1, arbitrary: fc.constant('none') },
      { weight: 1, arbitrary: latin.map((value) => ({ value })) }),
    match: fc.oneof({ weight: 6, arbitrary: fc.constant('fresh') }, { weight: 1, arbitrary: fc.constant('none') },
      { weight: 1, arbitrary: fc.constantFrom('*', '"0"', 'W/"1"', '"99999999999999999999"', '""', '"1", "2"').map((value) => ({ value })) },
      { weight: 1, arbitrary: latin.map((value) => ({ value })) }),
    key: fc.option(fc.oneof(latin, fc.nat(20).map((n) => `key-of-the-hunt-${n}`)), { freq: 4 }),
    type: seldom(fc.constant(media ? media[0] : null), fc.constantFrom(null, 'text/plain', 'application/json; charset=utf-7',
      'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'APPLICATION/JSON', 'application/json;', ';')),
    body: media ? bodies(operation, media) : fc.constant(null),
    form: operation.requestBody?.content['multipart/form-data'] ? fc.option(forms, { freq: 2 }) : fc.constant(null),
  });
}

/* Forms with files around a body, most of them well formed. */
const partNames = ['f', 'g'];
known.part = partNames;
const forms = fc.record({
  boundary: seldom(fc.stringMatching(/^[0-9A-Za-z'()+_,./:=?-]{1,20}$/), latin),
  said: seldom(fc.constant(null), latin),
  first: fc.boolean(),
  document: seldom(fc.constant('application/json'), fc.constantFrom('', 'text/plain', 'application/json; charset=utf-16')),
  files: fc.array(fc.record({
    name: seldom(fc.constantFrom(...partNames), fc.constantFrom('complaint', 'addition', 'answer', '', '../f', 'a b')),
    fileName: fc.option(word),
    type: seldom(fc.constantFrom('text/plain', 'image/png'), fc.constantFrom('', 'multipart/mixed; boundary=x', 'x', 'a/b;;')),
    more: seldom(fc.constant(''), fc.constantFrom('Content-Transfer-Encoding: base64\r\n', 'X: y\r\n'.repeat(20), 'X: \0\r\n', ' folded\r\n')),
    bytes: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.nat(6 << 20).map((n) => ({ $zeros: n }))),
  }), { maxLength: 4 }),
  cut: fc.option(fc.nat(2000), { freq: 8 }),
});

function formOf(form, name, document) {
  const parts = form.files.map((file) => [
    `Content-Disposition: form-data; name="${file.name}"${file.fileName === null ? '' : `; filename="${file.fileName}"`}\r\n`
      + `${file.type ? `Content-Type: ${file.type}\r\n` : ''}${file.more}\r\n`,
    '$zeros' in file.bytes ? Buffer.alloc(file.bytes.$zeros) : Buffer.from(file.bytes)]);
  const own = [`Content-Disposition: form-data; name="${name}"\r\n${form.document ? `Content-Type: ${form.document}\r\n` : ''}\r\n`, document];
  const all = form.first ? [own, ...parts] : [...parts, own];
  const whole = Buffer.concat([...all.flatMap(([head, bytes]) => [Buffer.from(`--${form.boundary}\r\n${head}`), bytes, Buffer.from('\r\n')]),
    Buffer.from(`--${form.boundary}--\r\n`)]);
  return form.cut === null ? whole : whole.subarray(0, Math.min(form.cut, whole.length));
}

/* Bodies of good will, which the rules take when the moment is right; chance alone seldom makes one. */
const matter = { obligation: pick('obligation'), party: pick('party'), subject: pick('name') };
const hook = fc.record({ url: fc.constant('https://hooks.example/in'), for: fc.constantFrom(['case.told'], ['case.changed', 'case.told']) });
const many = fc.array(fc.record({ id: pick('complaint'), version: fc.integer({ min: 1, max: 4 }) }), { minLength: 1, maxLength: 4 });
const good = {
  'post /api/v1/complaints': fc.record({ type: pick('type') }),
  'post /api/v1/complaints/{id}/decision': fc.oneof(
    fc.record({ 'in-scope': fc.constant(true), ...matter, reason: fc.constant('as it is') }),
    fc.record({ 'out-of-scope': fc.constant('too-broad'), reason: fc.constant('too little') }),
    fc.record({ need: fc.constant('which name?') })),
  'post /api/v1/complaints/decisions': fc.record({ complaints: many, preview: fc.constant(true),
    decision: fc.constant({ 'out-of-scope': 'too-broad', reason: 'too little' }) }),
  'post /api/v1/complaints/reopenings': fc.record({ complaints: many, preview: fc.constant(true), decision: fc.constant({ reason: 'by mistake' }) }),
  'post /api/v1/complaints/{id}/reopening': fc.record({ reason: fc.constant('by mistake') }),
  'post /api/v1/complaints/{id}/type': fc.record({ type: fc.constantFrom('generic-registrar', 'dns-abuse-registrar') }),
  'post /api/v1/complaints/{id}/priority': fc.record({ level: fc.constantFrom('urgent', 'low'), reason: fc.constant('harm') }),
  'post /api/v1/complaints/{id}/label': fc.record({ tlp: fc.constantFrom('red', 'amber', 'clear'), reason: fc.constant('source-asked') }),
  'post /api/v1/complaints/{id}/outcomes': fc.record({ outcome: fc.constant('domain-suspended'), names: pick('its names') }),
  'post /api/v1/complaints/{id}/second-look': fc.record({ verdict: fc.constantFrom('agrees', 'differs'), reason: fc.constant('as it is') }),
  'post /api/v1/complaints/{id}/seen': fc.constant({}),
  'post /api/v1/complaints/{id}/closing': fc.oneof(fc.constant({}), fc.record({ own: fc.constant(true), ...matter })),
  'post /api/v1/commands': fc.oneof(
    fc.record({ verb: fc.constant('answer'), case: pick('case'), text: fc.constant('as it is') }),
    fc.record({ verb: fc.constant('end'), session: pick('session') }),
    fc.nat(1000).map((n) => ({ verb: 'approve', letter: { $pick: 'letter', $n: n }, sha256: { $pick: 'sha256', $n: n } }))),
  'post /api/v1/followed/additions': fc.record({ text: fc.string({ minLength: 1, maxLength: 30 }) }),
  'post /api/v1/followed/filing': fc.constant({}),
  'post /api/v1/followed/withdrawal': fc.constant({}),
  'post /api/v1/followed/review': fc.record({ reason: fc.constant('look again') }),
  'post /api/v1/hooks': hook,
  'post /api/v1/hooks/{id}/revocation': fc.constant({}),
  'post /api/v1/own/hooks': hook,
  'post /api/v1/own/hooks/{id}/revocation': fc.constant({}),
  'post /api/v1/own/cases/{id}/answers': fc.record({ text: fc.constant('as it is') }),
  'post /api/v1/own/parties/{id}/grants': fc.record({ id: fc.constant('noah'), may: fc.constantFrom('read', 'answer') }),
  'post /api/v1/own/parties/{id}/revocations': fc.nat(60).map((n) => ({ id: 'noah', number: `${n + 1}` })),
};

function bodies(operation, media) {
  const any = shapes.body(media[1].schema);
  const one = good[operation.name];
  return one ? fc.oneof({ weight: 3, arbitrary: any }, { weight: 1, arbitrary: one.map((value) => ({ value })) }) : any;
}

/* --- one role --- */

// A cluster is named by any of its complaints.
const collection = (at) => (at.replace('/clusters/', '/complaints/').match(/\/(parties|findings|cases|letters|complaints|hooks|batches)\/\{id\}/) ?? [])[1];
/* By way of bytes, as no half of a surrogate pair can be encoded. */
const encoded = (value) => encodeURIComponent(Buffer.from(value).toString()).replace(/%25(zz|00)/, '%$1');

class Role {
  constructor(role, place) {
    this.role = role;
    this.seed = seed + 1000 * place;
    this.door = new Door(port);
    this.told = { role: role.name, asked: 0, lost: 0, done: {}, faults: {} };
  }

  of(kind, n) {
    const values = known[kind] ?? [];
    return values.length ? values[n % values.length] : `none-${n}`;
  }

  headers(token) {
    const value = token === 'own' ? this.token : token.value;
    return token === 'none' || !value ? {} : { Authorization: `Bearer ${value}` };
  }

  async version(at, n) {
    const resource = at.startsWith('/api/v1/own/cases/') || at.startsWith('/api/v1/complaints/') ? at.replace(/\/\w+$/, '') : null;
    const reply = resource && await this.door.ask('GET', resource, this.headers('own'));
    return reply?.headers.etag ?? `"${n}"`;
  }

  async ask(plan, n) {
    const { operation } = plan;
    this.token = this.role.tokens[n % this.role.tokens.length];
    const id = typeof plan.id === 'number' ? this.of(collection(operation.path), plan.id) : plan.id;
    const at = operation.path.replace('{id}', encoded(id));
    const headers = this.headers(plan.token);
    if (operation.parameters.some((one) => one.name === 'If-Match') && plan.match !== 'none')
      headers['If-Match'] = plan.match === 'fresh' ? await this.version(at, n) : plan.match.value;
    if (plan.key !== null)
      headers['Idempotency-Key'] = plan.key;
    if (plan.type && operation.method === 'post')
      headers['Content-Type'] = plan.type;
    const fill = (kind, k) => (kind === 'its names' ? known.named[id] ?? [] : this.of(kind, k));
    let body = plan.body ? bytesOf(plan.body, fill) : operation.method === 'post' ? Buffer.alloc(0) : null;
    if (plan.form) {
      body = formOf(plan.form, operation.requestBody.content['multipart/form-data'].schema.required[0], body);
      headers['Content-Type'] = `multipart/form-data; boundary="${plan.form.said ?? plan.form.boundary}"`;
    }
    const query = Object.entries(plan.query).map(([key, value]) => `${encoded(key)}=${encoded(`${value.$pick ? this.of(value.$pick, value.$n) : value}`)}`);
    const address = at + (query.length ? `?${query.join('&')}` : '');
    this.told.asked++;
    try {
      return await this.door.ask(operation.method.toUpperCase(), address, headers, body);
    } catch (failure) {
      /* Who sends far too much may be cut off before the answer is read. */
      if (body && body.length > 64 << 10 && ['ECONNRESET', 'EPIPE'].includes(failure.code)) {
        this.told.lost++;
        return null;
      }
      throw failure;
    }
  }

  async look(plan, n) {
    let reply;
    try {
      reply = await this.ask(plan, n);
    } catch (failure) {
      return `no answer: ${failure.code ?? failure.message}`;
    }
    if (!reply)
      return '';
    const { operation } = plan;
    if (reply.status < 300)
      this.told.done[operation.name] = (this.told.done[operation.name] ?? 0) + 1;
    const heard = reply.body.toString('latin1') + JSON.stringify(reply.headers);
    const leaked = this.role.forbidden.find((one) => heard.includes(one));
    return leaked ? `a leak of '${leaked}'` : answers.fault(operation, reply);
  }

  async hunt() {
    const plans = fc.tuple(fc.oneof(...operations.map(question)), fc.nat(1e6));
    for (let round = 0; this.told.asked < runs && round < 40; round++) {
      const property = fc.asyncProperty(plans, async ([plan, n]) => {
        const fault = await this.look(plan, n);
        const name = fault && `${plan.operation.name}: ${fault}`;
        if (name && !(name in this.told.faults)) {
          this.fault = name;
          this.shown = JSON.stringify({ n, ...plan, operation: undefined }).slice(0, 2000);
          throw new Error(name);
        }
      });
      const found = await fc.check(property, { seed: this.seed + round, numRuns: runs - this.told.asked });
      if (!found.failed)
        break;
      if (found.counterexample)
        this.told.faults[this.fault] = this.shown;
    }
    this.door.close();
    return this.told;
  }
}

/* All at once, so that what one does meets what the others do. */
await Promise.all(roles.map(async (role, place) => console.log(JSON.stringify(await new Role(role, place).hunt()))));
