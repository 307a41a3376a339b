// Asks JIT Approvals whether an action may happen, waits, and ends with the answer. Only approved is success.
//
//   jitApproval(title: "Deploy payments ${env.BUILD_NUMBER}", action: 'deploy', report: ['build/**/*.xml'])
//
// Takes the flags of `jit-gate request` as names, `callbackUrl` for --callback-url; a list where a flag repeats.
// And: `url`, the bot's address (else JIT_URL of the job); `credentials`, the id of a secret text (else jit-token);
// `propagate: false` to get another answer than approved back instead of a failed build.
// Returns [code, id, number, state, verdict, by, reason, category, conditions, digest, url].

import groovy.transform.Field

@Field static final List<String> OWN = ['url', 'credentials', 'propagate']
@Field static final List<String> OUTPUTS =
    ['id', 'number', 'state', 'verdict', 'by', 'reason', 'category', 'conditions', 'digest', 'url']

def call(Map args) {
    def folder = ".jit-approval/${UUID.randomUUID()}"
    def variables = fieldsOf([wait: true] + args) + ["JIT_OUTPUTS=${folder}".toString()]
    if (args.url) {
        variables << "JIT_URL=${args.url}".toString()
    }
    def answer = [:]
    withCredentials([string(credentialsId: args.credentials ?: 'jit-token', variable: 'JIT_TOKEN')]) {
        withEnv(variables) {
            answer.code = sh(
                label: 'JIT approval', script: libraryResource('jit-approvals/ask.sh'), returnStatus: true
            )
        }
    }
    for (name in OUTPUTS) {
        def file = "${folder}/${name}"
        answer[name] = fileExists(file) ? readFile(file) : ''
    }
    if (answer.code != 0 && args.propagate != false) {
        error("jitApproval: exit code ${answer.code}, ${answer.state ?: 'not asked'} ${answer.by} ${answer.reason}")
    }
    return answer
}

@NonCPS
private List<String> fieldsOf(Map args) {
    def fields = []
    args.each { name, value ->
        if (!(name in OWN) && value != null) {
            def variable = name.replaceAll(/([A-Z])/, '_$1').toUpperCase()
            def text = value instanceof Collection ? value.join('\n') : value
            fields << "JIT_FIELD_${variable}=${text}".toString()
        }
    }
    return fields
}
