"""What the emulated API Gateway, Cognito and CloudFront do as AWS, where ministack is laxer or leaves it out."""
