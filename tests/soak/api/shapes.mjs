/* Values that a JSON schema allows, values that it nearly allows, and bodies that are none.
 *
 * Where a member is named after something that the house knows (a case, an obligation, a date), most of
 * the values are placeholders for it: `{"$pick": KIND, "$n": N}`, which the hunt fills in when it sends. */
import fc from 'fast-check';

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', ' ', '0', '-1', 'null', '\u0000', '\u202e', '\ufeff', '<b>', "' OR 1=1 --", '../../etc/passwd',
    '%00', '\\u0000', 'a'.repeat(300), 'é'.repeat(2000), 'x'.repeat(70000)));

const day = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 900 }).map((n) => new Date(Date.UTC(2026, 0, 1) + n * 864e5).toISOString().slice(0, 10)) },
  { weight: 1, arbitrary: fc.constantFrom('0000-00-00', '2027-02-30', '9999-12-31', '2027-1-4', '1900-01-01', '2027-01-04T00:00:00Z') });

export const pick = (kind) => fc.nat(1000).map((n) => ({ $pick: kind, $n: n }));

/* Members that lead to what the house knows. */
const known = {
  type: 'type', language: 'language', party: 'party', obligation: 'obligation', subject: 'name', names: 'names',
  answers: 'answers', evidence: 'evidence', media_type: 'media', base64: 'base64', on: 'day', 'reported-at': 'day',
  until: 'day', from: 'day', collected_on: 'day', 'out-of-scope': 'closure', outcome: 'closure', case: 'case',
  letter: 'letter', sha256: 'sha256', proposal: 'proposal', session: 'session', id: 'user', number: 'number',
  items: 'items', part: 'part', email: 'email', reason: 'words', text: 'words', need: 'words', how: 'words', name: 'words',
};

export class Shapes {
  constructor(api, files) {
    this.api = api;
    this.files = files;
  }

  follow(ref, root) {
    const [file, pointer = ''] = ref.split('#');
    const at = file === '' ? root : this.files[file.replace(/^schema\//, '')];
    const steps = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    return [steps.reduce((value, step) => value[step], at), at];
  }

  /* Of what `schema` allows; `root` is the document that its references lead into. */
  valid(schema, root = this.api, name = '', depth = 0) {
    if (schema.$ref) {
      const [target, at] = this.follow(schema.$ref, root);
      return this.valid(target, at, name, depth);
    }
    const plain = this.plain(schema, root, depth);
    const kind = known[name];
    return kind && depth > 0 ? fc.oneof({ weight: 6, arbitrary: pick(kind) }, { weight: 1, arbitrary: plain }) : plain;
  }

  plain(schema, root, depth) {
    if ('const' in schema)
      return fc.constant(schema.const);
    if (schema.enum)
      return fc.constantFrom(...schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices)
      return fc.oneof(...choices.map((choice) => this.valid(choice, root, '', depth)));
    switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
      case 'object':
        return this.object(schema, root, depth);
      case 'array':
        return fc.array(this.valid(schema.items ?? { type: 'string' }, root, '', depth + 1),
          { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 4, 4) });
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.integer({ min: schema.minimum ?? -5, max: schema.maximum ?? 2 ** 31 });
      case 'string':
        return schema.format === 'date' ? day : schema.pattern ? fc.stringMatching(new RegExp(schema.pattern)) : text;
      default:
        return fc.oneof(text, fc.integer(), fc.boolean());
    }
  }

  object(schema, root, depth) {
    const members = Object.fromEntries(Object.entries(schema.properties ?? {})
      .map(([name, value]) => [name, this.valid(value, root, name, depth + 1)]));
    if (typeof schema.additionalProperties === 'object' && depth < 4)
      return fc.dictionary(text, this.valid(schema.additionalProperties, root, '', depth + 1), { maxKeys: 4 });
    return fc.record(members, { requiredKeys: schema.required ?? [] });
  }

  /* A body that is sent: as allowed, bent in up to three places, or no JSON at all. */
  body(schema) {
    const valid = this.valid(schema);
    const change = fc.record({ at: fc.nat(200), how: fc.constantFrom(...Object.keys(changes)), value: fc.jsonValue() });
    return fc.oneof(
      { weight: 6, arbitrary: valid.map((value) => ({ value })) },
      { weight: 3, arbitrary: fc.record({ value: valid, changes: fc.array(change, { minLength: 1, maxLength: 3 }) }) },
      { weight: 1, arbitrary: fc.oneof(raw.map((value) => ({ raw: value })), fc.record({ value: valid, cut: fc.nat(400) })) });
  }
}

/* What no reader of JSON takes, or should not choke on. */
const raw = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  fc.constantFrom('', '{', '[]', 'null', '0', '""', '{"a":1,"a":2}', '{"text":1e999}', '\ufeff{}', '{"text":"\ud800"}',
    '{"text":"\\ud800"}', '{"text":"\\u0000"}', '['.repeat(100000), '{"a":'.repeat(50000), '{"text":' + '9'.repeat(5000) + '}',
    '{} {}', '{"verb":"end","verb":"send"}', ' '.repeat(300000))
    .map((words) => Buffer.from(words).toString('base64')));

/* Each replaces the value at one place of a body. */
const changes = {
  drop: () => undefined,
  null: () => null,
  other: (value, change) => change.value,
  list: (value) => [value, value],
  wrap: (value) => ({ value }),
  long: () => 'x'.repeat(20000),
  many: (value) => Array(600).fill(value),
  deep: () => Array.from({ length: 200 }).reduce((inner) => [inner], 1),
  extra: (value) => (value && typeof value === 'object' && !Array.isArray(value) ? { ...value, colour: 'red' } : `${value}x`),
  number: () => 1e308,
  control: () => '\u0000\u001b[2J\u202e',
  proto: () => JSON.parse('{"__proto__": {"told": true}}'),
};

function places(value, path = []) {
  if (value === null || typeof value !== 'object')
    return [path];
  return [path, ...Object.keys(value).flatMap((key) => places(value[key], [...path, key]))];
}

function replaced(value, path, make) {
  if (path.length === 0)
    return make(value);
  const copy = Array.isArray(value) ? [...value] : { ...value };
  const inner = replaced(value[path[0]], path.slice(1), make);
  if (inner === undefined && !Array.isArray(copy))
    delete copy[path[0]];
  else
    copy[path[0]] = inner;
  return copy;
}

/* The bytes of a body that Shapes.body() made; `fill` gives what a placeholder stands for. */
export function bytesOf(body, fill) {
  if ('raw' in body)
    return Buffer.from(body.raw, 'base64');
  const resolve = (value) => {
    if (value === null || typeof value !== 'object')
      return value;
    if ('$pick' in value)
      return fill(value.$pick, value.$n);
    if (Array.isArray(value))
      return value.map(resolve);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  };
  let value = resolve(body.value);
  for (const change of body.changes ?? []) {
    const all = places(value);
    value = replaced(value, all[change.at % all.length], (old) => changes[change.how](old, change));
  }
  const words = Buffer.from(JSON.stringify(value) ?? 'null');
  return 'cut' in body ? words.subarray(0, body.cut % (words.length + 1)) : words;
}
