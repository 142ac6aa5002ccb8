import { Group, Text } from '@mantine/core';

/** The product's name, with its mark. */
export function Brand() {
  return (
    <Group gap={8} wrap="nowrap">
      <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="6" fill="#2954bc" />
        <path d="M7 9h18v4h-7v12h-4V13H7z" fill="#fff" />
        <path d="M21 18h4v7h-4z" fill="#8fb4ff" />
      </svg>
      <Text fw={600} size="lg" lh={1}>
        Thriftgate
      </Text>
    </Group>
  );
}
