/** The tag by which subnets are found in a VPC; its value is the tier, `private` or `public`. */
export const TIER_TAG = 'Tier';
