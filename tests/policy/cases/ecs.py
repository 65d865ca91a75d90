"""ECS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

TASK = "aws:ecs/taskDefinition:TaskDefinition"
CLUSTER = "aws:ecs/cluster:Cluster"
SERVICE = "aws:ecs/service:Service"
TASK_SET = "aws:ecs/taskSet:TaskSet"
ACCOUNT_SETTING = "aws:ecs/accountSettingDefault:AccountSettingDefault"
PROVIDER = "aws:ecs/capacityProvider:CapacityProvider"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
SCHEDULE = "aws:scheduler/schedule:Schedule"
ROLE = "aws:iam/role:Role"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
DEFINITION_ARN = "arn:aws:ecs:eu-west-1:123456789012:task-definition/convert:1"
own_role = make(ROLE, "own")
execution_role = make(ROLE, "execution")
SAFE = {
    "name": "convert",
    "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/convert:1.2.0",
    "essential": True,
    "user": "1000:1000",
    "memory": 512,
    "readonlyRootFilesystem": True,
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/convert"}},
}


def task(*changes: dict[str, Any], **inputs: Any) -> Recorded:
    """Return a task of a safe container, changed: one container for each change."""
    definitions = [{**SAFE, **change} for change in changes or ({},)]
    return make(TASK, family="convert", containerDefinitions=json.dumps(definitions), **inputs)


def lacking(name: str) -> Recorded:
    definition = {key: value for key, value in SAFE.items() if key != name}
    return make(TASK, family="convert", containerDefinitions=json.dumps([definition]))


def variables(**values: str) -> dict[str, Any]:
    return {"environment": [{"name": name, "value": value} for name, value in values.items()]}


def volume(**configuration: Any) -> Recorded:
    return task(volumes=[{"name": "data", **configuration}])


def cluster(**execute: Any) -> Recorded:
    return make(CLUSTER, configuration={"executeCommandConfiguration": execute})


def insights(value: str) -> Recorded:
    return make(CLUSTER, settings=[{"name": "containerInsights", "value": value}])


def service(**inputs: Any) -> Recorded:
    return make(SERVICE, taskDefinition=DEFINITION_ARN, **inputs)


def capability(name: str) -> dict[str, Any]:
    return {"linuxParameters": {"capabilities": {"add": [name]}}}


def starts(public: str) -> Recorded:
    network = {"AwsvpcConfiguration": {"Subnets": ["s"], "AssignPublicIp": public}}
    run = {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask", "Parameters": {"NetworkConfiguration": network}}
    return make("aws:sfn/stateMachine:StateMachine", definition=json.dumps({"States": {"Run": run}}))


def piped(address: str) -> Recorded:
    network = {"awsVpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": address}}
    return make("aws:pipes/pipe:Pipe", targetParameters={"ecsTaskParameters": {"networkConfiguration": network}})


def disk(**more: Any) -> dict[str, Any]:
    role = "arn:aws:iam::123456789012:role/volumes"
    return {"name": "data", "managedEbsVolume": {"roleArn": role, "sizeInGb": 10, **more}}


def machines(**more: Any) -> Recorded:
    arn = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/a"
    return make(PROVIDER, autoScalingGroupProvider={"autoScalingGroupArn": arn, **more})


CASES = [
    bad("ECS-SECRET-IN-ENVIRONMENT", "a password", task(variables(DB_PASSWORD="hunter2!x"))),
    bad("ECS-SECRET-IN-ENVIRONMENT", "an access key", task(variables(AWS_ACCESS_KEY_ID="AKIAX"))),
    bad("ECS-SECRET-IN-ENVIRONMENT", "the registry's", task(variables(ECS_ENGINE_AUTH_DATA="{}"))),
    bad("ECS-SECRET-IN-ENVIRONMENT", "in the second container", task({}, variables(API_KEY="3f786850e387550f"))),
    bad(
        "ECS-SECRET-IN-ENVIRONMENT",
        "in the health check",
        task({"healthCheck": {"command": ["CMD-SHELL", "mysqladmin ping --password=hunter2"]}}),
    ),
    good(
        "ECS-SECRET-IN-ENVIRONMENT",
        "a variable in the health check",
        task({"healthCheck": {"command": ["CMD-SHELL", "mysqladmin ping --password=$DB_PASSWORD"]}}),
    ),
    bad(
        "ECS-SECRET-IN-ENVIRONMENT",
        "a database's, without a space",
        task({"healthCheck": {"command": ["CMD-SHELL", "mysqladmin ping -uroot -pTr0ub4dor"]}}),
    ),
    good(
        "ECS-SECRET-IN-ENVIRONMENT",
        "a database's, from a variable",
        task({"healthCheck": {"command": ["CMD-SHELL", "mysqladmin ping -uroot -p$MYSQL_ROOT_PASSWORD"]}}),
    ),
    bad("ECS-SECRET-IN-ENVIRONMENT", "after an option", task({"command": ["run", "--db-password", "hunter2!x"]})),
    bad("ECS-SECRET-IN-ENVIRONMENT", "in an option", task({"command": ["run", "--api-key=3f786850e387550f"]})),
    good(
        "ECS-SECRET-IN-ENVIRONMENT",
        "options without secrets",
        task({"command": ["run", "--password-file", "/run/secrets/db", "--token=$TOKEN", "--secret", "--verbose"]}),
    ),
    bad("ECS-SECRET-IN-ENVIRONMENT", "in a script", task({"command": ["sh", "-c", "DB_PASSWORD=hunter2!x ./run"]})),
    good(
        "ECS-SECRET-IN-ENVIRONMENT",
        "a script that hands a variable on",
        task({"command": ["sh", "-c", "export PGPASSWORD=$DB_PASSWORD; psql -c 'select 1'"]}),
    ),
    bad("ECS-SECRET-IN-ENVIRONMENT", "for curl", task({"command": ["sh", "-c", "curl -u admin:hunter2 https://a.b"]})),
    good("ECS-SECRET-IN-ENVIRONMENT", "a user's number", task({"command": ["sh", "-c", "run -u 1000:1000 program"]})),
    bad("ECS-SECRET-IN-ENVIRONMENT", "in the command", task({"command": ["run", "postgres://a:secret1@db/x"]})),
    bad(
        "ECS-SECRET-IN-ENVIRONMENT",
        "in the logging options",
        task({"logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": "8f2-11"}}}),
    ),
    bad(
        "ECS-SECRET-IN-ENVIRONMENT",
        "in capitals",
        make(
            TASK,
            containerDefinitions=json.dumps([{"Name": "a", "Environment": [{"Name": "PASSWORD", "Value": "x1y"}]}]),
        ),
    ),
    good("ECS-SECRET-IN-ENVIRONMENT", "settings", task(variables(STAGE="prod", TABLE="flights", MAX_TOKENS="5"))),
    good(
        "ECS-SECRET-IN-ENVIRONMENT",
        "references",
        task({"secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:secretsmanager:eu-west-1:1:secret:db"}]}),
    ),
    good("ECS-SECRET-IN-ENVIRONMENT", "the name of a secret", task(variables(SECRET_NAME="db/credentials"))),
    bad("ECS-LOGGING", "none", lacking("logConfiguration")),
    bad("ECS-LOGGING", "the sidecar's", task({}, {"logConfiguration": None})),
    bad("ECS-LOGGING", "no driver", task({"logConfiguration": {"options": {}}})),
    bad("ECS-LOGGING", "the driver that does not log", task({"logConfiguration": {"logDriver": "none"}})),
    good("ECS-LOGGING", "awslogs", task({}, {})),
    good("ECS-LOGGING", "a log router", task({"logConfiguration": {"logDriver": "awsfirelens"}})),
    bad("ECS-READ-ONLY-ROOT", "not said", lacking("readonlyRootFilesystem")),
    bad("ECS-READ-ONLY-ROOT", "writable", task({"readonlyRootFilesystem": False})),
    bad("ECS-READ-ONLY-ROOT", "one of two", task({}, {"readonlyRootFilesystem": False})),
    good("ECS-READ-ONLY-ROOT", "read only", task()),
    good("ECS-READ-ONLY-ROOT", "as a string", task({"readonlyRootFilesystem": "true"})),
    good(
        "ECS-READ-ONLY-ROOT",
        "Windows",
        task({"readonlyRootFilesystem": False}, runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}),
    ),
    bad("ECS-PRIVILEGED", "privileged", task({"privileged": True})),
    bad("ECS-PRIVILEGED", "the sidecar", task({}, {"privileged": True})),
    bad("ECS-PRIVILEGED", "an administrator's capability", task(capability("SYS_ADMIN"))),
    bad("ECS-PRIVILEGED", "all capabilities", task(capability("ALL"))),
    bad("ECS-PRIVILEGED", "no filter of system calls", task({"dockerSecurityOptions": ["seccomp:unconfined"]})),
    good("ECS-PRIVILEGED", "fewer", task({"dockerSecurityOptions": ["no-new-privileges"]})),
    good("ECS-PRIVILEGED", "not said", task()),
    good("ECS-PRIVILEGED", "no", task({"privileged": False})),
    good("ECS-PRIVILEGED", "tracing on Fargate", task(capability("SYS_PTRACE"), requiresCompatibilities=["FARGATE"])),
    good("ECS-PRIVILEGED", "a small capability", task(capability("NET_BIND_SERVICE"))),
    bad("ECS-ROOT-USER", "root", task({"user": "root"})),
    bad("ECS-ROOT-USER", "its number", task({"user": "0:0"})),
    bad("ECS-ROOT-USER", "Windows' root", task({"user": "ContainerAdministrator"})),
    good("ECS-ROOT-USER", "a number", task()),
    good("ECS-ROOT-USER", "left to the image", lacking("user")),
    bad("ECS-NAMED-USER", "left to the image", lacking("user")),
    good("ECS-NAMED-USER", "a number", task()),
    good("ECS-NAMED-USER", "a name", task({"user": "app"})),
    bad("ECS-HOST-NAMESPACE", "processes", task(pidMode="host")),
    bad("ECS-HOST-NAMESPACE", "memory", task(ipcMode="host")),
    bad("ECS-HOST-NAMESPACE", "network", task(networkMode="host")),
    good("ECS-HOST-NAMESPACE", "its own", task(pidMode="task", ipcMode="none", networkMode="awsvpc")),
    good("ECS-HOST-NAMESPACE", "not said", task()),
    bad("ECS-HOST-PATH", "the Docker socket", volume(hostPath="/var/run/docker.sock")),
    bad("ECS-HOST-PATH", "another socket", volume(hostPath="/run/containerd/containerd.sock")),
    bad("ECS-HOST-PATH", "everything", volume(hostPath="/")),
    bad("ECS-HOST-PATH", "processes, with a slash", volume(hostPath="/proc/")),
    good("ECS-HOST-PATH", "none", volume()),
    good("ECS-HOST-PATH", "a folder for it", volume(hostPath="/ecs/cache")),
    bad("ECS-VOLUME-TLS", "not said", volume(efsVolumeConfiguration={"fileSystemId": "fs-1"})),
    bad(
        "ECS-VOLUME-TLS",
        "off",
        volume(efsVolumeConfiguration={"fileSystemId": "fs-1", "transitEncryption": "DISABLED"}),
    ),
    good(
        "ECS-VOLUME-TLS",
        "on",
        volume(efsVolumeConfiguration={"fileSystemId": "fs-1", "transitEncryption": "ENABLED"}),
    ),
    good("ECS-VOLUME-TLS", "no EFS", volume()),
    bad("ECS-SEPARATE-ROLES", "one for both", own_role, task(taskRoleArn=own_role, executionRoleArn=own_role)),
    bad(
        "ECS-SEPARATE-ROLES",
        "by name and by ARN",
        task(taskRoleArn="app", executionRoleArn="arn:aws:iam::123456789012:role/app"),
    ),
    good(
        "ECS-SEPARATE-ROLES",
        "two",
        own_role,
        execution_role,
        task(taskRoleArn=own_role, executionRoleArn=execution_role),
    ),
    good("ECS-SEPARATE-ROLES", "no role of its own", execution_role, task(executionRoleArn=execution_role)),
    bad("ECS-IMAGE-PINNED", "latest", task({"image": "convert:latest"})),
    bad("ECS-IMAGE-PINNED", "not said, with a port", task({"image": "registry.local:5000/convert"})),
    good("ECS-IMAGE-PINNED", "a version", task()),
    good("ECS-IMAGE-PINNED", "a digest", task({"image": "convert@sha256:1234"})),
    bad("ECS-MEMORY-LIMIT", "none", lacking("memory")),
    good("ECS-MEMORY-LIMIT", "the container's", task()),
    good("ECS-MEMORY-LIMIT", "the task's", task({"memory": None}, memory="1024")),
    bad("ECS-CONTAINER-INSIGHTS", "not said", make(CLUSTER)),
    bad("ECS-CONTAINER-INSIGHTS", "off", insights("disabled")),
    bad("ECS-CONTAINER-INSIGHTS", "off for all", make(ACCOUNT_SETTING, name="containerInsights", value="disabled")),
    good("ECS-CONTAINER-INSIGHTS", "on", insights("enabled")),
    good("ECS-CONTAINER-INSIGHTS", "enhanced", insights("enhanced")),
    good("ECS-CONTAINER-INSIGHTS", "another setting", make(ACCOUNT_SETTING, name="awsvpcTrunking", value="disabled")),
    bad("ECS-EXEC-LOGGING", "off", cluster(logging="NONE")),
    bad("ECS-EXEC-LOGGING", "nowhere", cluster(logging="OVERRIDE")),
    good("ECS-EXEC-LOGGING", "the task's log", cluster(logging="DEFAULT")),
    good(
        "ECS-EXEC-LOGGING",
        "a group",
        cluster(logging="OVERRIDE", logConfiguration={"cloudWatchLogGroupName": "/ecs/exec"}),
    ),
    bad("ECS-EXEC-CUSTOMER-KEY", "none", cluster(logging="DEFAULT")),
    bad(
        "ECS-EXEC-CUSTOMER-KEY",
        "the log",
        cluster(logging="OVERRIDE", kmsKeyId=KEY_ARN, logConfiguration={"s3BucketName": "sessions"}),
    ),
    bad(
        "ECS-EXEC-CUSTOMER-KEY",
        "the log, switched off",
        cluster(kmsKeyId=KEY_ARN, logConfiguration={"cloudWatchEncryptionEnabled": False}),
    ),
    good("ECS-EXEC-CUSTOMER-KEY", "ours", cluster(logging="DEFAULT", kmsKeyId=KEY_ARN)),
    good(
        "ECS-EXEC-CUSTOMER-KEY",
        "ours, and the log's",
        cluster(
            logging="OVERRIDE",
            kmsKeyId=KEY_ARN,
            logConfiguration={"cloudWatchEncryptionEnabled": True, "cloudWatchLogGroupName": "/ecs/exec"},
        ),
    ),
    good("ECS-EXEC-CUSTOMER-KEY", "no sessions", make(CLUSTER)),
    bad("ECS-STORAGE-CUSTOMER-KEY", "AWS's", make(CLUSTER)),
    good(
        "ECS-STORAGE-CUSTOMER-KEY",
        "ours",
        make(CLUSTER, configuration={"managedStorageConfiguration": {"fargateEphemeralStorageKmsKeyId": KEY_ARN}}),
    ),
    good("ECS-STORAGE-CUSTOMER-KEY", "something else", service()),
    bad("ECS-PUBLIC-IP", "a service's", service(networkConfiguration={"subnets": ["s"], "assignPublicIp": True})),
    bad(
        "ECS-PUBLIC-IP",
        "a task set's",
        make(TASK_SET, networkConfiguration={"subnets": ["s"], "assignPublicIp": True}),
    ),
    bad(
        "ECS-PUBLIC-IP",
        "a rule's",
        make(TARGET, ecsTarget={"taskDefinitionArn": "t", "networkConfiguration": {"assignPublicIp": True}}),
    ),
    bad(
        "ECS-PUBLIC-IP",
        "a schedule's",
        make(SCHEDULE, target={"ecsParameters": {"networkConfiguration": {"assignPublicIp": True}}}),
    ),
    bad("ECS-PUBLIC-IP", "a state machine's", starts("ENABLED")),
    good("ECS-PUBLIC-IP", "a state machine's, none", starts("DISABLED")),
    good("ECS-PUBLIC-IP", "no", service(networkConfiguration={"subnets": ["s"], "assignPublicIp": False})),
    good("ECS-PUBLIC-IP", "not said", service(networkConfiguration={"subnets": ["s"]})),
    bad("ECS-PUBLIC-IP", "a pipe's", piped("ENABLED")),
    good("ECS-PUBLIC-IP", "a pipe's in private", piped("DISABLED")),
    bad("ECS-VOLUME-ENCRYPTED", "not said", service(volumeConfiguration=disk())),
    bad("ECS-VOLUME-ENCRYPTED", "off", service(volumeConfiguration=disk(encrypted=False))),
    good("ECS-VOLUME-ENCRYPTED", "on", service(volumeConfiguration=disk(encrypted=True))),
    good("ECS-VOLUME-ENCRYPTED", "no volume", service()),
    bad("ECS-PLATFORM-LATEST", "today's latest", service(platformVersion="1.4.0")),
    good("ECS-PLATFORM-LATEST", "the latest", service(platformVersion="LATEST")),
    good("ECS-PLATFORM-LATEST", "not said", service()),
    bad("ECS-TERMINATION-PROTECTION", "none, which is the default", machines()),
    bad("ECS-TERMINATION-PROTECTION", "off", machines(managedTerminationProtection="DISABLED")),
    bad("ECS-TERMINATION-PROTECTION", "without scaling", machines(managedTerminationProtection="ENABLED")),
    good(
        "ECS-TERMINATION-PROTECTION",
        "on",
        machines(managedTerminationProtection="ENABLED", managedScaling={"status": "ENABLED"}),
    ),
    good("ECS-TERMINATION-PROTECTION", "machines that ECS keeps", make(PROVIDER, managedInstancesProvider={})),
    bad("ECS-PLATFORM-VERSION", "old", service(launchType="FARGATE", platformVersion="1.3.0")),
    bad("ECS-PLATFORM-VERSION", "a rule's", make(TARGET, ecsTarget={"platformVersion": "1.3.0"})),
    good("ECS-PLATFORM-VERSION", "the latest", service(launchType="FARGATE", platformVersion="LATEST")),
    good("ECS-PLATFORM-VERSION", "not said", service(launchType="FARGATE")),
    bad("ECS-EXEC-OFF", "on", service(enableExecuteCommand=True)),
    good("ECS-EXEC-OFF", "off", service(enableExecuteCommand=False)),
    good("ECS-EXEC-OFF", "not said", service()),
    bad("ECS-CIRCUIT-BREAKER", "none", service()),
    bad("ECS-CIRCUIT-BREAKER", "without a way back", service(deploymentCircuitBreaker={"enable": True})),
    good("ECS-CIRCUIT-BREAKER", "on", service(deploymentCircuitBreaker={"enable": True, "rollback": True})),
    good("ECS-CIRCUIT-BREAKER", "CodeDeploy's", service(deploymentController={"type": "CODE_DEPLOY"})),
]
