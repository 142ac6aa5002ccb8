import { useCallback, useRef, useState } from 'react';
import type { ChatRequest } from '@thriftgate/contracts';
import type { GatewayFacts } from '@thriftgate/sdk';
import { api } from '../api/client';

/** One call and its response, as far as it has come. */
export interface Run {
  id: number;
  request: ChatRequest;
  text: string;
  facts: GatewayFacts | undefined;
  /** Milliseconds to the first text and to the end, by the browser's clock. */
  firstMs: number | undefined;
  totalMs: number | undefined;
  tokens: { input: number; output: number } | undefined;
  error: unknown;
  isRunning: boolean;
}

type Change = (changes: Partial<Run>) => void;

/** The calls of one side of the playground, the newest first. */
export function useRuns() {
  const [runs, setRuns] = useState<readonly Run[]>([]);
  const stop = useRef<AbortController>(undefined);
  const send = useCallback(async (request: ChatRequest, teamId: string | undefined) => {
    stop.current?.abort();
    const own = new AbortController();
    stop.current = own;
    const id = performance.now();
    setRuns((all) => [started(id, request), ...all].slice(0, MOST_RUNS));
    const change: Change = (changes) =>
      setRuns((all) => all.map((run) => (run.id === id ? { ...run, ...changes } : run)));
    try {
      await ask(request, teamId, own.signal, change);
    } catch (error) {
      if (!own.signal.aborted) change({ error });
    }
    change({ isRunning: false, totalMs: performance.now() - id });
  }, []);
  const cancel = useCallback(() => stop.current?.abort(), []);
  return { runs, send, cancel };
}

const MOST_RUNS = 6;

function started(id: number, request: ChatRequest): Run {
  return {
    id,
    request,
    text: '',
    facts: undefined,
    firstMs: undefined,
    totalMs: undefined,
    tokens: undefined,
    error: undefined,
    isRunning: true,
  };
}

async function ask(request: ChatRequest, teamId: string | undefined, signal: AbortSignal, change: Change) {
  const startMs = performance.now();
  const options = { signal, ...(teamId !== undefined && { team_id: teamId }) };
  const { answer, facts } = await api.admin.playground.chat(request, options);
  change({ facts });
  if (!isStream(answer)) {
    const { usage, choices } = answer;
    return change({
      text: textOf(choices[0]?.message.content),
      ...(usage && { tokens: { input: usage.prompt_tokens, output: usage.completion_tokens } }),
    });
  }
  let text = '';
  for await (const { choices, usage } of answer) {
    const piece = choices[0]?.delta.content;
    if (typeof piece === 'string' && piece !== '') {
      if (text === '') change({ firstMs: performance.now() - startMs });
      text += piece;
      change({ text });
    }
    if (usage) {
      const gateway = usage['gateway'] as { cost_usd: string; saved_usd: string } | undefined;
      change({
        tokens: { input: usage.prompt_tokens, output: usage.completion_tokens },
        ...(gateway && { facts: { ...facts, costUsd: gateway.cost_usd, savedUsd: gateway.saved_usd } }),
      });
    }
  }
}

type Answer = Awaited<ReturnType<typeof api.admin.playground.chat>>['answer'];

const isStream = (answer: Answer): answer is Extract<Answer, AsyncGenerator> => Symbol.asyncIterator in answer;

const textOf = (content: unknown): string => (typeof content === 'string' ? content : JSON.stringify(content, null, 2));
