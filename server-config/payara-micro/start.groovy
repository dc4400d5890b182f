// Runs the server in the foreground. Maven ends when the server has ended, and the server when Maven is told to:
// Ctrl-C reaches both, SIGTERM only Maven.

import java.util.concurrent.TimeUnit

def setting = { name -> session.userProperties[name] ?: project.properties[name] }
def build = new File(project.build.directory)
def config = new File(project.basedir, 'server-config/payara-micro')
def folder = new File(build, 'start')
// The native engine library is unpacked in here; a killed server leaves its copy behind.
folder.deleteDir()
def temp = new File(folder, 'tmp')
temp.mkdirs()

def server = new ProcessBuilder([
    "${System.getProperty('java.home')}/bin/java",
    "-Xmx${setting('etl.heap')}",
    '-Duser.timezone=UTC',
    // The libraries that log through SLF4J have nothing to say that we do not.
    '-Dslf4j.internal.verbosity=ERROR',
    '-Dfile.encoding=UTF-8',
    "-Djava.io.tmpdir=$temp",
    // One that has run out of memory is not to be trusted: it ends, and a restart accounts for its tasks.
    '-XX:+ExitOnOutOfMemoryError',
    "-DETL_RUN_SAMPLE=${setting('etl.run.sample')}",
    "-DETL_PUBLIC_URL=http://127.0.0.1:${setting('etl.port')}",
    '-jar', setting('payara.micro.jar'),
    '--nocluster',
    '--disablephonehome',
    '--rootDir', new File(folder, 'payara-micro'),
    '--prebootcommandfile', new File(config, 'preboot.asadmin'),
    '--logproperties', new File(config, 'logging.properties'),
    '--port', setting('etl.port'),
    '--deploy', new File(build, "${project.build.finalName}.war"),
    '--contextroot', '/',
]*.toString()).directory(project.basedir).inheritIO().start()

Runtime.runtime.addShutdownHook(new Thread({
  server.destroy()
  server.waitFor(30, TimeUnit.SECONDS)
}))

int code = server.waitFor()
if (code != 0) {
  throw new IllegalStateException("The server ended with code $code; its last lines above say why.")
}
