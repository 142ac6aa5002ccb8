import type { ChatRequest } from '@thriftgate/contracts';
import { type CodeName, codeOf } from '../calls/code';

/** What a snippet is made for. The key is no part of it: it stands in the environment. */
export interface SnippetFacts {
  /** With `/v1`. */
  baseUrl: string;
  model: string;
}

export interface Snippet {
  id: 'curl' | 'python' | 'typescript' | 'java' | 'go' | 'environment';
  /** Not translated: names of languages and programs. Undefined for a tab with a text of its own. */
  name: string | undefined;
  /** What to install first, or how to run it. */
  command: string | undefined;
  code: string;
}

const QUESTION = 'What does an LLM gateway do?';

/** Programs that call a model once, as they can be copied and run with `OPENAI_API_KEY` set. */
export function snippets({ baseUrl, model }: SnippetFacts): readonly Snippet[] {
  const request: ChatRequest = { model, messages: [{ role: 'user', content: QUESTION }] };
  const code = (name: CodeName) => `${codeOf(name, request, baseUrl)}\n`;
  return [
    { id: 'curl', name: 'curl', command: undefined, code: code('curl') },
    { id: 'python', name: 'Python', command: 'pip install openai', code: code('Python') },
    { id: 'typescript', name: 'TypeScript', command: 'npm install openai', code: code('TypeScript') },
    { id: 'java', name: 'Java', command: 'java Hello.java', code: java(baseUrl, JSON.stringify(request)) },
    { id: 'go', name: 'Go', command: 'go run hello.go', code: go(baseUrl, JSON.stringify(request)) },
    { id: 'environment', name: undefined, command: undefined, code: `export OPENAI_BASE_URL=${baseUrl}` },
  ];
}

const text = (value: string) => JSON.stringify(value);

const java = (baseUrl: string, body: string) => `import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Hello {
  public static void main(String[] args) throws Exception {
    String body = ${text(body)};
    HttpRequest request = HttpRequest.newBuilder(URI.create(${text(`${baseUrl}/chat/completions`)}))
        .header("Authorization", "Bearer " + System.getenv("OPENAI_API_KEY"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    System.out.println(response.body());
  }
}
`;

const go = (baseUrl: string, body: string) => `package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	body := strings.NewReader(${text(body)})
	request, err := http.NewRequest("POST", ${text(`${baseUrl}/chat/completions`)}, body)
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("OPENAI_API_KEY"))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(answer))
}
`;
