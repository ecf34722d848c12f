package v1alpha1_test

import "slices"

const (
	badBucket   = "a bucket's name has lower-case letters, digits, '-' and single '.', and begins and ends with a letter or digit"
	badRegion   = "a region has lower-case letters, digits and '-', such as"
	badEndpoint = "write https://host or https://host:port, without user, path, query or fragment"
)

var cloudConnection = kind{
	name: "CloudConnection",
	examples: []string{`
kind: CloudConnection
spec:
  accountRef: {name: alice}
  className: gpu
  deletionPolicy: Delete
  driftPolicy: Correct
  resyncIntervalSeconds: 60
  suspend: false
  displayName: training-data
  verification: OnChange
  type: AmazonS3
  amazonS3:
    bucket: data
    region: eu-central-1
    endpoint: https://s3.example.com
    credentialsSecretRef: {name: s3, accessKeyIDKey: id, secretAccessKeyKey: secret}
`, `
kind: CloudConnection
spec:
  accountRef: {name: alice}
  type: Backblaze
  backblaze:
    bucket: data
    region: us-west-004
    credentialsSecretRef: {name: b2, keyIDKey: id, applicationKeyKey: secret}
`, `
kind: CloudConnection
spec:
  accountRef: {name: alice}
  type: Dropbox
  dropbox:
    credentialsSecretRef: {name: dbx, refreshTokenKey: token, appKeyKey: app, appSecretKey: secret}
`},
	fields: append(shared,
		objectName("spec.accountRef.name"),
		field{
			path:    "spec.displayName",
			accepts: []value{{"another name", "Bücher 田"}, {"empty", ""}},
			refuses: slices.Concat(controls, hidden),
		},
		field{
			path:    "spec.verification",
			accepts: []value{{"periodic", "Periodic"}, {"disabled", "Disabled"}},
			refuses: []refusal{{"another word", "Always", `supported values: "Disabled", "OnChange", "Periodic", ""`}},
		},
		field{
			path:    "spec.type",
			accepts: nil, // it goes together with its member: see the rules
			refuses: []refusal{{"left out", absent, "Required value"}, {"in small letters", "dropbox", `supported values: "AmazonS3", "Backblaze", "Dropbox"`}},
		},
		field{
			path:    "spec.amazonS3.bucket",
			accepts: []value{{"another bucket", "more.data-2"}, {"three letters", "abc"}},
			refuses: []refusal{
				{"left out", absent, "Required value"},
				{"two letters", "ab", "at least 3 chars"},
				{"in capitals", "Data", badBucket},
				{"with two dots", "a..b", badBucket},
				{"ended by a hyphen", "data-", badBucket},
				{"with a path", "data/models", badBucket},
				{"the way to another folder", "../data", badBucket},
			},
		},
		region("spec.amazonS3.region"),
		field{
			path: "spec.amazonS3.endpoint",
			accepts: []value{
				{"a host", "https://minio.example"},
				{"a host and port", "https://minio.example:9000"},
				{"a name without a dot", "https://minio"},
				{"at the highest port", "https://minio.example:65535"},
				{"empty, which is none", ""},
			},
			refuses: []refusal{
				{"without TLS", "http://s3.example.com", badEndpoint},
				{"without a scheme", "s3.example.com", badEndpoint},
				{"another scheme", "file:///etc/passwd", badEndpoint},
				{"with a user", "https://user:password@s3.example.com", badEndpoint},
				{"with a path", "https://s3.example.com/latest", badEndpoint},
				{"ended by a slash", "https://s3.example.com/", badEndpoint},
				{"with a query", "https://s3.example.com?a=b", badEndpoint},
				{"with a fragment", "https://s3.example.com#a", badEndpoint},
				{"an IPv6 address", "https://[::1]", badEndpoint},
				{"with two dots", "https://s3..example.com", badEndpoint},
				{"ended by a line feed", "https://s3.example.com\n", badEndpoint},
				{"with a line feed", "https://s3.example.com\r\nHost: other", badEndpoint},
				{"at port 0", "https://s3.example.com:0", badEndpoint},
				{"at a port of six digits", "https://s3.example.com:443443", badEndpoint},
				{"above the highest port", "https://s3.example.com:65536", "a port is at most 65535"},
			},
		},
		objectName("spec.amazonS3.credentialsSecretRef.name"),
		credentialKey("spec.amazonS3.credentialsSecretRef.accessKeyIDKey"),
		credentialKey("spec.amazonS3.credentialsSecretRef.secretAccessKeyKey"),
		field{
			path:    "spec.backblaze.bucket",
			accepts: []value{{"another bucket", "More-data-2"}},
			refuses: []refusal{
				{"left out", absent, "Required value"},
				{"with a dot", "more.data", "a bucket's name has letters, digits and '-'"},
				{"with a path", "data/models", "a bucket's name has letters, digits and '-'"},
			},
		},
		region("spec.backblaze.region"),
		objectName("spec.backblaze.credentialsSecretRef.name"),
		credentialKey("spec.backblaze.credentialsSecretRef.keyIDKey"),
		credentialKey("spec.backblaze.credentialsSecretRef.applicationKeyKey"),
		objectName("spec.dropbox.credentialsSecretRef.name"),
		credentialKey("spec.dropbox.credentialsSecretRef.refreshTokenKey"),
		credentialKey("spec.dropbox.credentialsSecretRef.appKeyKey"),
		credentialKey("spec.dropbox.credentialsSecretRef.appSecretKey"),
	),
	rules: providers(),
	fixed: []fixed{className("CloudConnection"), accountRef("CloudConnection"), provider, endpoint},
}

// region becomes a part of the provider's host name, so nothing may stand in it that ends a host.
func region(path string) field {
	return field{
		path:    path,
		accepts: []value{{"another region", "us-east-005"}},
		refuses: []refusal{
			{"left out", absent, "Required value"},
			{"in capitals", "EU", badRegion},
			{"a host", "evil.example", badRegion},
			{"with a slash", "eu/", badRegion},
			{"with an @", "eu@evil", badRegion},
			{"ended by a line feed", "eu\n", badRegion},
		},
	}
}

// credentialKey is a key of a Secret that has a default, which is meant where it is empty, too.
func credentialKey(path string) field {
	f := key(path)
	f.accepts, f.refuses = append(f.accepts, value{"empty", ""}), f.refuses[1:]
	return f
}
