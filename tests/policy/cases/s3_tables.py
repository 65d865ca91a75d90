"""S3 Tables."""

from tests.policy.cases import bad, good
from tests.policy.resources import make

BUCKET = "aws:s3tables/tableBucket:TableBucket"
TABLE = "aws:s3tables/table:Table"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
OURS = {"sseAlgorithm": "aws:kms", "kmsKeyArn": KEY}
PLAIN = {"sseAlgorithm": "AES256"}

CASES = [
    bad("S3TABLES-CUSTOMER-KEY", "the default", make(BUCKET, name="orders")),
    bad("S3TABLES-CUSTOMER-KEY", "S3's key", make(BUCKET, encryptionConfiguration=PLAIN)),
    bad("S3TABLES-CUSTOMER-KEY", "a table goes back to S3's key", make(TABLE, encryptionConfiguration=PLAIN)),
    good("S3TABLES-CUSTOMER-KEY", "a key", make(BUCKET, encryptionConfiguration=OURS)),
    good("S3TABLES-CUSTOMER-KEY", "a table's key", make(TABLE, encryptionConfiguration=OURS)),
    good("S3TABLES-CUSTOMER-KEY", "a table with its bucket's", make(TABLE, name="orders")),
]
