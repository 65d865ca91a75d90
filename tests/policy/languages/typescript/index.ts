// A function behind an HTTP API that keeps orders in a table, as a tutorial declares it; and a bucket that is right.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const zones = aws.getAvailabilityZonesOutput({ state: "available" });
const vpc = new aws.ec2.Vpc("network", { cidrBlock: "10.0.0.0/16" });
new aws.ec2.Subnet("public", {
    vpcId: vpc.id,
    cidrBlock: "10.0.1.0/24",
    availabilityZone: zones.names[0],
    mapPublicIpOnLaunch: true,
});
new aws.ec2.SecurityGroup("ssh", {
    vpcId: vpc.id,
    ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }],
});

const orders = new aws.dynamodb.Table("orders", {
    attributes: [{ name: "id", type: "S" }],
    hashKey: "id",
    billingMode: "PAY_PER_REQUEST",
});

const role = new aws.iam.Role("function", {
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
new aws.iam.RolePolicy("everything", {
    role: role.id,
    policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "dynamodb:*", Resource: "*" }] },
});
new aws.lambda.Function("handler", {
    role: role.arn,
    runtime: aws.lambda.Runtime.NodeJS22dX,
    handler: "index.handler",
    code: new pulumi.asset.AssetArchive({
        "index.js": new pulumi.asset.StringAsset("exports.handler = async () => ({ statusCode: 200 });"),
    }),
    environment: { variables: { TABLE: orders.name, API_TOKEN: pulumi.secret("t0ps3cret-t0ps3cret") } },
});

new aws.mq.Broker("events", {
    engineType: "RabbitMQ",
    engineVersion: "3.13",
    hostInstanceType: "mq.m5.large",
    users: [{ username: "orders", password: pulumi.secret("t0ps3cret-t0ps3cret") }],
});

class Storage extends pulumi.ComponentResource {
    readonly bucket: aws.s3.Bucket;

    constructor(name: string) {
        super("acme:storage:Storage", name);
        const parent = { parent: this };
        this.bucket = new aws.s3.Bucket(name, {}, parent);
        new aws.s3.BucketPublicAccessBlock(
            name,
            {
                bucket: this.bucket.id,
                blockPublicAcls: true,
                blockPublicPolicy: true,
                ignorePublicAcls: true,
                restrictPublicBuckets: true,
            },
            parent,
        );
        new aws.s3.BucketVersioning(
            name,
            { bucket: this.bucket.id, versioningConfiguration: { status: "Enabled" } },
            parent,
        );
    }
}

export const bucket = new Storage("uploads").bucket.arn;
