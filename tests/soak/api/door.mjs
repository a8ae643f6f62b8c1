/* One connection to the staff door, kept open; one question at a time. */
import http from 'node:http';

const WAIT_MS = 60000;

export class Door {
  constructor(port) {
    this.port = port;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  }

  ask(method, path, headers, body) {
    return new Promise((resolve, reject) => {
      const length = body ? { 'Content-Length': body.length } : {};
      const request = http.request({ host: '127.0.0.1', port: this.port, agent: this.agent, method, path, timeout: WAIT_MS,
        headers: { ...headers, ...length } }, (reply) => {
        const pieces = [];
        reply.on('data', (piece) => pieces.push(piece));
        reply.on('error', reject);
        reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers, body: Buffer.concat(pieces) }));
      });
      request.on('timeout', () => request.destroy(new Error('no answer')));
      request.on('error', reject);
      request.end(body);
    });
  }

  close() {
    this.agent.destroy();
  }
}
