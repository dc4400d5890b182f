package io.etlapi.store;

/** The files alone are a task store as any other. */
class JsonFileTaskStoreTest extends TaskStoreContract {

  @Override
  TaskStore storeOf(Storage storage) {
    return storage.records();
  }
}
