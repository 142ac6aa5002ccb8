import { describeClients } from '../support/clients/describe-clients';

describe('packages on Python', () => describeClients('python'));
