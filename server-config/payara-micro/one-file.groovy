// Payara Micro packs itself, its configuration and the WAR into one file, which then needs no option.

def setting = { name -> session.userProperties[name] ?: project.properties[name] }
def build = new File(project.build.directory)
def config = new File(project.basedir, 'server-config/payara-micro')
def folder = new File(build, 'one-file')
folder.deleteDir()
folder.mkdirs()

// The context root is that of the file's name, whatever --contextroot says.
def war = new File(folder, 'ROOT.war')
war.bytes = new File(build, "${project.build.finalName}.war").bytes

def jar = new File(build, "${project.artifactId}-${project.version}.jar")
jar.delete()
def packing = new ProcessBuilder([
    "${System.getProperty('java.home')}/bin/java",
    '-Xmx256m',
    "-Djava.io.tmpdir=$folder",
    '-jar', setting('payara.micro.jar'),
    '--nocluster',
    '--disablephonehome',
    '--prebootcommandfile', new File(config, 'preboot.asadmin'),
    '--logproperties', new File(config, 'logging.properties'),
    '--port', setting('etl.port'),
    '--deploy', war,
    '--outputuberjar', jar,
]*.toString()).directory(folder).redirectErrorStream(true)
    .redirectOutput(new File(folder, 'packing.log')).start()
if (packing.waitFor() != 0 || !jar.file) {
  throw new IllegalStateException("Payara Micro made no $jar: ${new File(folder, 'packing.log').text}")
}
log.info("$jar is ready: java -jar ${project.basedir.toPath().relativize(jar.toPath())}")
