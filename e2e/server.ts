// Starts the real binary on a free port with a data folder of its own, and stops it again.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Server {
  url: string;
  /** Stops the process as a crash would, and starts it again on the same data and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

interface Running {
  process: ChildProcess;
  url: string;
}

const binary = process.env.SKEIN_BINARY ?? `${process.env.HOME}/.cache/skein-target/debug/skein`;

export async function startServer(options: { demo: boolean }): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), 'skein-e2e-'));
  let running = await launch(data, '127.0.0.1:0', options.demo);
  return {
    get url() {
      return running.url;
    },
    async restart() {
      await end(running.process, 'SIGKILL');
      running = await launch(data, new URL(running.url).host, options.demo);
    },
    async stop() {
      await end(running.process, 'SIGTERM');
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function launch(data: string, listen: string, demo: boolean): Promise<Running> {
  const args = ['serve', '--data', data, '--listen', listen, ...(demo ? ['--demo'] : [])];
  const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment() });
  return new Promise((resolve, reject) => {
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
      const ready = /ready on (http:\/\/\S+)/.exec(output);
      if (ready?.[1]) {
        resolve({ process: child, url: ready[1] });
      }
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`skein ended with ${code}:\n${output}`)));
  });
}

/** Without what configures Skein: a test says all of it itself. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SKEIN_')));
}

function end(process: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (process.exitCode !== null || process.signalCode !== null) {
      resolve();
      return;
    }
    process.once('exit', () => resolve());
    process.kill(signal);
  });
}
