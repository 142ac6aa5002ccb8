import { describeClients } from '../support/clients/describe-clients';

describe('packages on Node', () => describeClients('node'));
