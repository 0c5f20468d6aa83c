import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** Name of the topic; unique in the account. */
  readonly name: string;
  /**
   * Addresses that every alarm is sent to; AWS asks each to confirm.
   *
   * @default - none; subscribe to the topic by other means
   */
  readonly emails?: readonly string[];
}

/** Where alarms go. Not encrypted with AWS's own key, because CloudWatch cannot publish to a topic that is. */
export class AlarmTopic extends Construct {
  readonly topicArn: string;

  constructor(scope: Construct, id: string, { name, emails = [] }: AlarmTopicProps) {
    super(scope, id);
    const { arn } = new SnsTopic(this, 'Default', { name });
    const account = new DataAwsCallerIdentity(this, 'account', {}).accountId;
    const policy = new SnsTopicPolicy(this, 'policy', {
      arn,
      policy: Fn.jsonencode({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'Alarms',
            Effect: 'Allow',
            Action: 'sns:Publish',
            Resource: arn,
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': account } },
          },
          // Events bear no account to compare with (AWS, EventBridge user guide, resource-based policies).
          {
            Sid: 'Events',
            Effect: 'Allow',
            Action: 'sns:Publish',
            Resource: arn,
            Principal: { Service: 'events.amazonaws.com' },
          },
        ],
      }),
    });
    // By way of the policy, so that nothing is sent before it may be.
    this.topicArn = policy.arn;
    for (const endpoint of emails) {
      new SnsTopicSubscription(this, endpoint, { topicArn: arn, protocol: 'email', endpoint });
    }
  }
}
