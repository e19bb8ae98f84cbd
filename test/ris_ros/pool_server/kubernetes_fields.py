# SPDX-License-Identifier: Apache-2.0
"""The fields that the kinds of our manifests have, as JSON Schema.

The names are those of KubeRay's RayService (ray.io/v1) and of Kubernetes' Ingress; what is within
a pod is listed as far as the manifests use it.
"""


def fields(needed, **others):
    """Return an object that has some fields at least, some others at most, and no further ones."""
    return {'type': 'object', 'required': list(needed), 'additionalProperties': False,
            'properties': {**needed, **others}}


def list_of(item):
    """Return a list of at least one item."""
    return {'type': 'array', 'minItems': 1, 'items': item}


TEXT, TEXTS = {'type': 'string'}, {'type': 'object', 'additionalProperties': {'type': 'string'}}
NUMBER, FLAG, ANYTHING = {'type': 'integer'}, {'type': 'boolean'}, {}
METADATA = fields({'name': TEXT}, annotations=TEXTS, labels=TEXTS)

_CONTAINER = fields(
    {'name': TEXT, 'image': TEXT},
    ports=list_of(fields({'containerPort': NUMBER}, name=TEXT)),
    resources=fields({}, requests=TEXTS, limits=TEXTS),
    volumeMounts=list_of(fields({'name': TEXT, 'mountPath': TEXT}, readOnly=FLAG)),
    env=ANYTHING, imagePullPolicy=TEXT, securityContext=ANYTHING)
_POD = fields({'spec': fields(
    {'containers': list_of(_CONTAINER)}, terminationGracePeriodSeconds=NUMBER,
    volumes=list_of(fields(
        {'name': TEXT}, secret=fields({'secretName': TEXT}),
        persistentVolumeClaim=fields({'claimName': TEXT}, readOnly=FLAG))),
    nodeSelector=TEXTS, tolerations=ANYTHING, imagePullSecrets=ANYTHING)}, metadata=ANYTHING)
_HEAD = fields({'template': _POD}, rayStartParams=TEXTS, serviceType=TEXT, headService=ANYTHING,
               enableIngress=FLAG, ingressOptions=ANYTHING, labels=TEXTS, resources=TEXTS)
_WORKERS = fields(
    {'groupName': TEXT, 'minReplicas': NUMBER, 'maxReplicas': NUMBER, 'template': _POD},
    replicas=NUMBER, rayStartParams=TEXTS, idleTimeoutSeconds=NUMBER, numOfHosts=NUMBER,
    scaleStrategy=ANYTHING, suspend=FLAG, labels=TEXTS, resources=TEXTS)
_CLUSTER = fields(
    {'headGroupSpec': _HEAD}, workerGroupSpecs=list_of(_WORKERS), rayVersion=TEXT,
    enableInTreeAutoscaling=FLAG, autoscalerOptions=ANYTHING, authOptions=ANYTHING,
    gcsFaultToleranceOptions=ANYTHING, headServiceAnnotations=TEXTS, managedBy=TEXT, suspend=FLAG,
    upgradeStrategy=ANYTHING)

RAY_SERVICE = fields({
    'apiVersion': {'const': 'ray.io/v1'}, 'kind': {'const': 'RayService'}, 'metadata': METADATA,
    'spec': fields(
        {'serveConfigV2': TEXT, 'rayClusterConfig': _CLUSTER},
        deploymentUnhealthySecondThreshold=NUMBER, serviceUnhealthySecondThreshold=NUMBER,
        serveService=ANYTHING, upgradeStrategy=ANYTHING, excludeHeadPodFromServeSvc=FLAG,
        rayClusterDeletionDelaySeconds=NUMBER, managedBy=TEXT, suspend=FLAG)})

_BACKEND = fields({'service': fields({'name': TEXT, 'port': fields({}, number=NUMBER, name=TEXT)})})
INGRESS = fields({
    'apiVersion': {'const': 'networking.k8s.io/v1'}, 'kind': {'const': 'Ingress'},
    'metadata': METADATA,
    'spec': fields({}, ingressClassName=TEXT, defaultBackend=_BACKEND, tls=list_of(
        fields({}, hosts=list_of(TEXT), secretName=TEXT)), rules=list_of(fields({}, host=TEXT,
            http=fields({'paths': list_of(fields(
                {'pathType': {'enum': ['Exact', 'Prefix', 'ImplementationSpecific']},
                 'backend': _BACKEND}, path=TEXT))}))))})
