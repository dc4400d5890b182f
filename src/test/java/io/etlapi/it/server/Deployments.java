package io.etlapi.it.server;

/** Changes what a running server has deployed, the way its administrator would. */
public interface Deployments {

  /** The one that the server starts with. */
  String FIRST = "etl-api";

  /** Deploys the WAR under another name at another context root, unescaped. */
  void deploySecond(String name, String contextRoot);

  /** Puts a fresh deployment of the same WAR in the place of the running one. */
  void redeploy();

  /** Takes a deployment away; the server goes on. */
  void undeploy(String name);
}
