import { type EksPlace, SERVICES, type Statement } from '../../../constructs/cluster-services/table';

const PLACE: EksPlace = {
  environment: 'test',
  region: 'eu-central-1',
  accountId: '111122223333',
  clusterName: 'main',
  vpcId: 'vpc-1',
};
const roleOf = (name: 'external-secrets' | 'aws-load-balancer-controller'): readonly Statement[] =>
  SERVICES[name].onEks?.identity?.role(PLACE) ?? [];
const READS = /^[a-z0-9]+:(Describe|Get)[A-Za-z]+$/;

/** Statements that let something be changed that is not named by account and region. */
const broad = (statements: readonly Statement[]): string[] =>
  statements
    .filter(({ Action }) => !Action.every((action) => READS.test(action)))
    .filter(({ Resource }) => !Resource.every((arn) => /^arn:aws:[a-z0-9]+:(eu-central-1)?:111122223333:.+/.test(arn)))
    .map(({ Sid }) => Sid);

describe('a role', () => {
  const all = Object.values(SERVICES).flatMap(({ onEks }) => onEks?.identity?.role(PLACE) ?? []);

  test('changes only what is named, in its own account', () => {
    expect(all.length).toBeGreaterThan(5);
    expect(broad(all)).toEqual([]);
  });

  test('names each action whole', () => {
    for (const { Action } of all) for (const action of Action) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
  });

  test('the rule can fail', () => {
    const statement = { Effect: 'Allow', Action: ['ec2:DeleteSecurityGroup'] } as const;
    expect(
      broad([
        { ...statement, Sid: 'Everything', Resource: ['*'] },
        { ...statement, Sid: 'Anywhere', Resource: ['arn:aws:ec2:*:*:security-group/*'] },
        { ...statement, Sid: 'Here', Resource: ['arn:aws:ec2:eu-central-1:111122223333:security-group/*'] },
        { ...statement, Sid: 'Read', Action: ['ec2:DescribeVpcs'], Resource: ['*'] },
      ]),
    ).toEqual(['Everything', 'Anywhere']);
  });
});

describe('the role of external-secrets', () => {
  test('reads no secret, and goes on to roles of stores of this environment alone', () => {
    expect(roleOf('external-secrets')).toEqual([
      {
        Sid: 'Stores',
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Resource: ['arn:aws:iam::111122223333:role/test/secret-stores/*'],
      },
    ]);
  });
});

describe('the role of the load balancer controller', () => {
  const statements = roleOf('aws-load-balancer-controller');
  const allowing = (action: string): Statement[] => statements.filter(({ Action }) => Action.includes(action));
  const TAG = 'elbv2.k8s.aws/cluster';

  test('makes network load balancers and target groups that bear the name of the cluster', () => {
    for (const action of ['elasticloadbalancing:CreateLoadBalancer', 'elasticloadbalancing:CreateTargetGroup']) {
      expect(allowing(action)).toMatchObject([{ Condition: { StringEquals: { [`aws:RequestTag/${TAG}`]: 'main' } } }]);
    }
  });

  test('changes those that bear it, and no others', () => {
    const writes = statements.filter(({ Action }) =>
      Action.some((action) =>
        /^elasticloadbalancing:(Delete|Modify|Set|Register|Deregister|CreateListener)/.test(action),
      ),
    );
    expect(writes.length).toBeGreaterThan(0);
    for (const { Condition } of writes)
      expect(Condition).toEqual({ StringEquals: { [`aws:ResourceTag/${TAG}`]: 'main' } });
  });

  test('never gives that tag to what has it not', () => {
    for (const statement of [...allowing('elasticloadbalancing:AddTags'), ...allowing('ec2:CreateTags')]) {
      const { StringEquals = {}, Null = {} } = statement.Condition ?? {};
      const created = Object.keys(StringEquals).some((key) => key.endsWith(':CreateAction'));
      expect(created || Null[`aws:RequestTag/${TAG}`] === 'true').toBe(true);
      expect(StringEquals[created ? `aws:RequestTag/${TAG}` : `aws:ResourceTag/${TAG}`]).toBe('main');
    }
  });

  test('makes security groups in the VPC of the cluster', () => {
    expect(allowing('ec2:CreateSecurityGroup').map(({ Resource }) => Resource)).toEqual([
      ['arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-1'],
      ['arn:aws:ec2:eu-central-1:111122223333:security-group/*'],
    ]);
  });

  test('opens groups of its own and of the nodes of the cluster', () => {
    expect(allowing('ec2:AuthorizeSecurityGroupIngress').map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { [`aws:ResourceTag/${TAG}`]: 'main' } },
      { Null: { 'aws:ResourceTag/kubernetes.io/cluster/main': 'false' } },
    ]);
  });

  test('knows no application load balancer, certificate, firewall or user pool', () => {
    expect(JSON.stringify(statements)).not.toMatch(/\/app\/|acm:|waf|shield:|cognito/);
  });
});
