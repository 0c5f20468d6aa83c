import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
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
    this.topicArn = new SnsTopic(this, 'Default', { name }).arn;
    for (const endpoint of emails) {
      new SnsTopicSubscription(this, endpoint, { topicArn: this.topicArn, protocol: 'email', endpoint });
    }
  }
}
