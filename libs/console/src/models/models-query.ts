import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import { pollEvery } from '../api/query-client';

const EVERY_SECONDS = 15;

/** The models and where their calls go. */
export const useModels = () =>
  useQuery({ queryKey: ['models'], queryFn: ({ signal }) => api.admin.models.list({ signal }) });

/** The state of the deployments; followed while the page is seen. */
export const useDeployments = () =>
  useQuery({
    queryKey: ['deployments'],
    queryFn: ({ signal }) => api.admin.models.deployments({ signal }),
    refetchInterval: pollEvery(EVERY_SECONDS),
    placeholderData: keepPreviousData,
  });

/** The providers with their keys and health; followed while the page is seen. */
export const useProviders = () =>
  useQuery({
    queryKey: ['providers'],
    queryFn: ({ signal }) => api.admin.providers.list({ signal }),
    refetchInterval: pollEvery(EVERY_SECONDS),
  });
