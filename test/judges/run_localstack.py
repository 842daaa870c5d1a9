"""LocalStack's runtime, whose Step Functions call their functions at CROSSFADE_LAMBDA_URL: its own Lambda needs Docker."""

import os

import boto3
from botocore.config import Config
from localstack.runtime import main
from localstack.services.stepfunctions.asl.component.state.state_execution.state_task import lambda_eval_utils

CONFIG = Config(parameter_validation=False, retries={"total_max_attempts": 1}, max_pool_connections=50)
CLIENT = boto3.client(
    "lambda",
    endpoint_url=os.environ["CROSSFADE_LAMBDA_URL"],
    region_name="us-east-1",
    aws_access_key_id="local",
    aws_secret_access_key="local",
    config=CONFIG,
)

lambda_eval_utils.boto_client_for = lambda **_: CLIENT
main.main()
