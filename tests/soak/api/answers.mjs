/* Whether an answer is one that the description of the API allows. */
import Ajv2020 from 'ajv/dist/2020.js';

const BASE = 'https://description/';

export class Answers {
  constructor(api, files) {
    this.ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
    this.ajv.addSchema({ ...api, $id: `${BASE}openapi.json` });
    for (const [name, file] of Object.entries(files))
      this.ajv.addSchema({ ...file, $id: `${BASE}schema/${name}` });
    this.validators = new Map();
  }

  validator(operation, status, media) {
    const step = (word) => word.replaceAll('~', '~0').replaceAll('/', '~1');
    const pointer = ['paths', operation.path, operation.method, 'responses', status, 'content', media, 'schema'].map(step).join('/');
    if (!this.validators.has(pointer))
      this.validators.set(pointer, this.ajv.compile({ $ref: `${BASE}openapi.json#/${encodeURI(pointer)}` }));
    return this.validators.get(pointer);
  }

  /* What is wrong with the answer, in words without anything that changes from run to run; '' for nothing. */
  fault(operation, reply) {
    const described = operation.responses[reply.status];
    if (reply.status >= 500)
      return `${reply.status}`;
    if (!described)
      return `${reply.status} is not described`;
    for (const [name, header] of Object.entries(described.headers ?? {})) {
      const value = reply.headers[name.toLowerCase()];
      if (value === undefined || !new RegExp(header.schema.pattern ?? '').test(value))
        return `${reply.status}: header ${name}`;
    }
    if (!described.content)
      return reply.body.length ? `${reply.status}: a body that is not described` : '';
    if ('*/*' in described.content)
      return '';
    const media = (reply.headers['content-type'] ?? '').split(';')[0].trim();
    if (!(media in described.content))
      return `${reply.status}: type '${media}'`;
    let value;
    try {
      value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(reply.body));
    } catch (failure) {
      return `${reply.status}: ${failure.name} in its JSON`;
    }
    const validate = this.validator(operation, `${reply.status}`, media);
    if (!validate(value)) {
      const [{ instancePath, message, params }] = validate.errors;
      return `${reply.status}: ${instancePath.replace(/\d+/g, 'N')} ${message} ${params.additionalProperty ?? ''}`;
    }
    return media === 'application/problem+json' && value.status !== reply.status ? `${reply.status}: a problem of ${value.status}` : '';
  }
}
